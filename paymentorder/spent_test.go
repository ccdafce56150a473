package paymentorder_test

import (
	"fmt"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// spends says that the limits go by the orders of the last 24 hours, to the second.
func (c town) spends(u *useraccount.User, now int64) {
	c.Helper()
	var want amount.Msat
	c.must(sqlx.GetContext(c.ctx, c.Read(), &want, `
SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM payment_order WHERE user_id = $1 AND confirmed > $2 AND state <> 'failed'`, u.ID, now-24*3600))
	left, err := paymentorder.Limits{Day: amount.Max}.SpendableToday(c.ctx, c.Read(), u, now)
	c.must(err)
	if amount.Max-left != want {
		c.Errorf("at %d %s spent %d msat of a day, want %d", now, u.JID, amount.Max-left, want)
	}
}

// Orders were confirmed around each bound of a day, an hour and a minute, and it is a
// second before, at and after each: what a day's limit leaves is what the orders leave.
func TestADaysLimitGoesByTheOrders(t *testing.T) {
	const midnight = 19_676 * 24 * 3600
	around := []int64{-90_061, -86_401, -86_400, -86_399, -3601, -3600, -3599, -61, -60, -59, -1, 0, 1, 59, 60, 61, 3599, 3600, 3601, 40_000, 86_399, 86_400}
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(100_000), c.user(100_000)
		write := func(query string, args ...any) {
			t.Helper()
			c.do(func(tx *db.Tx) error { _, err := tx.ExecContext(c.ctx, query, args...); return err })
		}
		agree := func() {
			t.Helper()
			for _, u := range []*useraccount.User{ann, bob} {
				for _, at := range around {
					c.spends(u, midnight+at)
					c.spends(u, midnight+24*3600+at)
				}
			}
		}
		for i, at := range around {
			for n, u := range []*useraccount.User{ann, bob} {
				write(`
INSERT INTO payment_order (user_id, code, state, to_user, to_address, said_to, said_at, amount, fee_limit, created, expires)
VALUES (CAST($1 AS BIGINT), $2, 'new', CASE WHEN $4 = 0 THEN CAST($1 AS BIGINT) END, CASE WHEN $4 = 1 THEN 'bcrt1q' END, 'bob', '', $3, 5, 1, 2)`, u.ID, fmt.Sprint("*", n, i), 1<<i, i%2)
			}
			write(`UPDATE payment_order SET state = CASE WHEN to_user IS NULL THEN 'held' ELSE 'done' END, confirmed = $2 WHERE amount = $1`, 1<<i, midnight+at)
		}
		agree()
		write(`UPDATE payment_order SET state = 'sending', fee = 3 WHERE user_id = $1 AND state = 'held'`, ann.ID)
		agree()
		write(`UPDATE payment_order SET state = 'failed' WHERE state = 'held' AND amount % 7 <> 1`)
		agree()
		write(`UPDATE payment_order SET confirmed = confirmed + 60, amount = amount + 1, user_id = CASE WHEN state = 'done' THEN $1 ELSE user_id END`, bob.ID)
		agree()
		write(`UPDATE spent SET amount = amount - 1`)
		write(`DELETE FROM spent WHERE since % 7200 = 0`)
		c.do(func(tx *db.Tx) error { return paymentorder.Resum(c.ctx, tx) })
		agree()
	})
}
