package db_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// What SQLite says when its file is the trouble, and when it is not.
func TestWhatIsAboutTheFile(t *testing.T) {
	c := dbtest.Empty(t, db.SQLite)
	d := dbtest.Open(t, c)
	notes(t, d)
	raw := func(t *testing.T, query string, statements ...string) error {
		t.Helper()
		other, err := sql.Open("sqlite", "file:"+c.File+"?"+query)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		other.SetMaxOpenConns(1)
		for _, s := range statements {
			if _, err := other.ExecContext(t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	}
	for name, tt := range map[string]struct {
		away bool
		make func(t *testing.T) error
	}{
		"full": {true, func(t *testing.T) error {
			return raw(t, "", `PRAGMA max_page_count = 1`, `CREATE TABLE big (b BLOB)`, `INSERT INTO big VALUES (zeroblob(1000000))`)
		}},
		"locked": {true, func(t *testing.T) (locked error) {
			err := d.Tx(t.Context(), func(*db.Tx) error {
				locked = raw(t, "", `PRAGMA busy_timeout = 0`, `UPDATE note SET n = n + 1`)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return locked
		}},
		"not to be written": {true, func(t *testing.T) error { return raw(t, "mode=ro", `UPDATE note SET n = n + 1`) }},
		"out of reach": {true, func(t *testing.T) error {
			_, err := db.Open(t.Context(), db.Config{Driver: "sqlite", File: filepath.Join(t.TempDir(), "no", "such.db")})
			return err
		}},
		"a mistake":           {false, func(t *testing.T) error { return raw(t, "", `SELEC 1`) }},
		"a broken constraint": {false, func(t *testing.T) error { return raw(t, "", `UPDATE note SET n = 100`) }},
		"one row too many":    {false, func(t *testing.T) error { return raw(t, "", `INSERT INTO note VALUES (1, 1)`) }},
		"in doubt":            {false, func(*testing.T) error { return fmt.Errorf("%w: %w", db.ErrUnknown, sql.ErrConnDone) }},
	} {
		t.Run(name, func(t *testing.T) {
			err := tt.make(t)
			if err == nil {
				t.Fatal("it did not go wrong")
			}
			if got := db.IsAway(err); got != tt.away {
				t.Errorf("%v: got %v, want %v", err, got, tt.away)
			}
		})
	}
}
