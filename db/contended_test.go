package db_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// Whoever waits for a row for too long is told that the database is busy, and
// lets the connection go.
func TestAContendedRowIsNotWaitedForLong(t *testing.T) {
	c := dbtest.Empty(t, db.Postgres)
	d := dbtest.Open(t, c)
	if err := d.Upgrade(t.Context(), false, func(db.Step) {}); err != nil {
		t.Fatal(err)
	}
	bound := func(d *db.DB) (is string) {
		err := d.Tx(t.Context(), func(tx *db.Tx) error { return tx.GetContext(t.Context(), &is, `SHOW lock_timeout`) })
		if err != nil {
			t.Fatal(err)
		}
		return is
	}
	if got := bound(d); got != "10s" {
		t.Errorf("a lock is waited for for %s", got)
	}
	other := dbtest.Open(t, with(c, "lock_timeout=10"))
	if got := bound(other); got != "10ms" {
		t.Errorf("the DSN says 10ms, and a lock is waited for for %s", got)
	}
	const row = `SELECT id FROM account WHERE kind = 'system' AND name = 'chain' FOR UPDATE`
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.ExecContext(t.Context(), row); err != nil {
			return err
		}
		for range 20 { // more than there are connections
			err := other.Tx(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), row)
				return err
			})
			if !db.IsAway(err) {
				t.Fatalf("got %v, want that it is busy", err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
