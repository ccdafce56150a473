package db_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// What was spent before there were sums of it is in them, and what is done to it later
// as well.
func TestWhatWasSpentIsSummedUp(t *testing.T) {
	each(t, func(t *testing.T, c db.Config) {
		d := oldBooks(t, c, 17)
		write(t, d, `INSERT INTO app (user_id, name, kind, secret, budget, per, since, receive_only, created)
SELECT id, 'game', 'lime', 'aa', 1, 'day', 1, 0, 1 FROM user_account`)
		for _, o := range []struct {
			state          string
			amount         int64
			confirmed, fee any
			app            bool
		}{
			{"new", 1, nil, nil, false}, {"failed", 2, 86_405, nil, true}, {"expired", 4, nil, nil, false},
			{"held", 8, 86_405, nil, true}, {"done", 16, 86_459, 3, true}, {"done", 32, 86_460, 0, false}, {"held", 64, 90_000, nil, false},
		} {
			write(t, d, `
INSERT INTO payment_order (user_id, code, state, to_address, said_to, said_at, amount, fee_limit, fee, created, expires, confirmed, by_app)
SELECT u.id, '', $1, 'bcrt1q', 'shop', '', $2, 5, $3, 1, 2, $4, CASE WHEN $5 = 1 THEN a.id END FROM user_account u CROSS JOIN app a`,
				o.state, o.amount, o.fee, o.confirmed, map[bool]int{true: 1}[o.app])
		}
		d.Migrate(upTo(t, d.Dialect, 99))
		upgrade(t, d, false)
		sums := func(when string, want map[string]int64) {
			t.Helper()
			for of, want := range want {
				if got := read[int64](t, d, `SELECT COALESCE((SELECT amount FROM `+of+`), 0)`); got != want {
					t.Errorf("%s: %s: got %d, want %d", when, of, got, want)
				}
			}
		}
		minute, later, hour, next := `spent WHERE span = 60 AND since = 86400`, `spent WHERE span = 60 AND since = 86460`,
			`spent WHERE span = 3600 AND since = 86400`, `spent WHERE span = 3600 AND since = 90000`
		byApp, byAppToday := `app_spent WHERE span = 60 AND since = 86400`, `app_spent WHERE span = 86400 AND since = 86400`
		sums("before", map[string]int64{minute: 24, later: 32, hour: 56, next: 64, byApp: 32, byAppToday: 32})
		write(t, d, `UPDATE payment_order SET state = 'sending', fee = 1 WHERE amount = 8`)
		sums("a fee is known", map[string]int64{minute: 24, later: 32, hour: 56, next: 64, byApp: 28, byAppToday: 28})
		write(t, d, `UPDATE payment_order SET state = 'failed' WHERE amount = 64`)
		sums("one failed", map[string]int64{minute: 24, later: 32, hour: 56, next: 0, byApp: 28, byAppToday: 28})
		write(t, d, `UPDATE payment_order SET state = 'held', confirmed = 90001, by_app = (SELECT id FROM app) WHERE amount = 1`)
		sums("one is confirmed", map[string]int64{minute: 24, later: 32, hour: 56, next: 1, byApp: 28, byAppToday: 34})
		write(t, d, `UPDATE spent SET amount = 0`) // a sum that is wrong keeps no money from anybody, and no proof out of the books
		write(t, d, `UPDATE app_spent SET amount = 0`)
		write(t, d, `UPDATE payment_order SET state = 'failed' WHERE amount = 1`)
		write(t, d, `UPDATE payment_order SET fee = 2 WHERE amount = 16`)
	})
}

// An order that a gateway confirms while the sums are made is in them.
func TestWhatIsConfirmedMeanwhileIsSummedUp(t *testing.T) {
	each(t, func(t *testing.T, c db.Config) {
		d := oldBooks(t, c, 17)
		other := dbtest.Open(t, c)
		write(t, d, `INSERT INTO payment_order (user_id, code, state, to_address, said_to, said_at, amount, fee_limit, created, expires)
SELECT id, '', 'new', 'bcrt1q', 'shop', '', 1000, 5, 1, 2 FROM user_account`)
		d.Migrate(upTo(t, d.Dialect, 99))
		done := make(chan error, 1)
		if err := other.Tx(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.ExecContext(t.Context(), `UPDATE payment_order SET state = 'held', confirmed = 86405`); err != nil {
				return err
			}
			go func() { done <- d.Upgrade(t.Context(), false, func(db.Step) {}) }()
			return dbtest.Waits(t.Context(), other, 1)
		}); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if got := read[int64](t, d, `SELECT COALESCE(SUM(amount), 0) FROM spent WHERE span = 60`); got != 1000 {
			t.Errorf("%d of 1000 are summed up", got)
		}
	})
}
