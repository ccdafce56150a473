package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/worker"
)

// upgraded is a machine whose database has its tables, and that database, open.
func upgraded(t *testing.T) (*db.DB, func(args ...string) (string, error)) {
	t.Helper()
	dir, bitcoim := machine(t)
	if out, err := bitcoim("db", "upgrade"); err != nil {
		t.Fatal(out, err)
	}
	d, err := db.Open(t.Context(), db.Config{Driver: "sqlite", File: filepath.Join(dir, "bitcoim.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, bitcoim
}

// A database does not change under a gateway that serves.
func TestAServedDatabaseIsNotUpgraded(t *testing.T) {
	d, bitcoim := upgraded(t)
	refused := func(when, why string) {
		t.Helper()
		if _, err := bitcoim("db", "upgrade"); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: got %v, want a word about %q", when, err, why)
		}
	}
	var last int
	err := d.Tx(t.Context(), func(tx *db.Tx) error { // as if the program were newer
		if err := tx.GetContext(t.Context(), &last, `SELECT MAX(version) FROM schema_step`); err != nil {
			return err
		}
		_, err := tx.ExecContext(t.Context(), `DELETE FROM schema_step WHERE version = (SELECT MAX(version) FROM schema_step)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	other := &worker.Instance{DB: d, Name: "other", Clock: time.Now}
	if _, err := other.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	refused("an instance was seen", "a gateway serves")
	if err := other.Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	done, err := d.Alone()
	if err != nil {
		t.Fatal(err)
	}
	refused("one has the file", "serves")
	if err := done(); err != nil {
		t.Fatal(err)
	}
	// None serves: the step is tried. It can be done again, or is there.
	_, tried := bitcoim("db", "upgrade")
	var there int
	if err := sqlx.GetContext(t.Context(), d.Read(), &there, `SELECT COUNT(*) FROM schema_step WHERE version = $1`, last); err != nil {
		t.Fatal(err)
	}
	if tried == nil && there != 1 || tried != nil && !strings.Contains(tried.Error(), fmt.Sprintf("db: %04d_", last)) {
		t.Errorf("got %v, and the step is there %d times", tried, there)
	}
}

// Sums by which limits go are made anew from the orders, and then the books are right.
func TestWhatWasSpentIsAddedUpAnew(t *testing.T) {
	d, bitcoim := upgraded(t)
	if err := d.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO app_spent (app_id, span, since, amount) VALUES (1, 60, 0, 7)`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if out, err := bitcoim("db", "verify"); err == nil {
		t.Errorf("nobody saw a sum of no order: %s", out)
	}
	if out, err := bitcoim("db", "resum"); err != nil || !strings.Contains(out, "added up anew") {
		t.Errorf("%s: %v", out, err)
	}
	if out, err := bitcoim("db", "verify"); err != nil {
		t.Errorf("%s: %v", out, err)
	}
}
