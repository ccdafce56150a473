package db_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
)

// What operators booked before it was a column is in the record of what they did.
func TestWhatOperatorsBookedIsByHand(t *testing.T) {
	each(t, func(t *testing.T, c db.Config) {
		d := oldBooks(t, c, 9)
		for _, hash := range []string{"1", "2", "3"} {
			write(t, d, `
INSERT INTO payment_order (user_id, code, state, payment_hash, invoice, said_to, said_at, amount, fee_limit, created, expires)
SELECT id, '', 'done', $1, 'lnbc1', 'shop', '', 7, 0, 1, 2 FROM user_account`, hash)
		}
		write(t, d, `INSERT INTO operator_act (who, act, target, reason, at) VALUES ('me', 'book', 'order:2', 'why', 1), ('me', 'release', 'order:3', 'why', 1)`)
		d.Migrate(upTo(t, d.Dialect, 99))
		upgrade(t, d, false)
		for hash, want := range map[string]int{"1": 0, "2": 1, "3": 0} {
			if got := read[int](t, d, `SELECT by_hand FROM payment_order WHERE payment_hash = $1`, hash); got != want {
				t.Errorf("order %s: got %d, want %d", hash, got, want)
			}
		}
	})
}
