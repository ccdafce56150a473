package db_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// with adds a setting to a DSN.
func with(c db.Config, setting string) db.Config {
	sep := "?"
	if strings.Contains(c.DSN, "?") {
		sep = "&"
	}
	c.DSN += sep + setting
	return c
}

// A program falls asleep in the middle of a transaction. Who waits for what it holds has
// it before the wait is over, and the one that wakes is told that it did nothing.
func TestWhoSleepsInATransactionHoldsNothingUp(t *testing.T) {
	c := dbtest.Empty(t, db.Postgres)
	d := dbtest.Open(t, c)
	notes(t, d)
	if idle := read[int](t, d, `SELECT (a.setting::int < b.setting::int)::int FROM pg_settings a, pg_settings b
WHERE a.name = 'idle_in_transaction_session_timeout' AND b.name = 'lock_timeout' AND a.setting <> '0'`); idle != 1 {
		t.Error("who waits for a lock gives up before who sleeps does")
	}
	sleeper := dbtest.Open(t, with(c, "idle_in_transaction_session_timeout=100"))
	const raise = `UPDATE note SET n = n + 1 WHERE id = 1`
	before := read[int](t, d, `SELECT n FROM note WHERE id = 1`)
	err := sleeper.Tx(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.ExecContext(t.Context(), raise); err != nil {
			return err
		}
		write(t, d, raise) // by somebody else, while we sleep
		_, err := tx.ExecContext(t.Context(), raise)
		return err
	})
	if !db.IsAway(err) || !db.IsAway(&pgconn.PgError{Code: "25P03"}) { // which of the two is said is a matter of time
		t.Errorf("who slept is told %v", err)
	}
	if n := read[int](t, d, `SELECT n FROM note WHERE id = 1`); n != before+1 {
		t.Errorf("it is %d after %d", n, before)
	}
	write(t, sleeper, raise)
}
