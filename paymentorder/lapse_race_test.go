package paymentorder_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// A code waits for the accounts, with its order read. Another program finds meanwhile
// that the time of the order ran out: that is what the user reads, and nothing of states.
func TestWhoseOrderLapsesWhileTheyWaitReadsSo(t *testing.T) {
	all := make([]town, 0, 3)
	for _, d := range dbtest.Several(t, db.Postgres, 3) {
		all = append(all, at(town{t, t.Context(), d}, now))
	}
	ann, bob := all[0].user(10*amount.Sat), all[0].user(0)
	for _, d := range []paymentorder.Draft{inside(bob, amount.Sat), outside(amount.Sat, amount.Sat)} {
		o := all[0].draft(ann, d)
		said := make(chan error, 1)
		all[0].do(func(tx *db.Tx) error {
			if _, err := ledger.Lock(t.Context(), tx, ann.Money); err != nil {
				return err
			}
			go func() { said <- all[1].confirm(ann, o.Code) }()
			if err := dbtest.Waits(t.Context(), all[0].DB, 1); err != nil {
				return err
			}
			all[2].at(now + limits.TTL + 1)
			all[2].do(func(tx *db.Tx) error {
				_, err := paymentorder.ExpireOne(context.Background(), tx)
				return err
			})
			return nil
		})
		says(t, <-said, fault.Conflict, "order.expired")
		all[0].is(o, paymentorder.Expired)
		all[0].has(ann, 10*amount.Sat, 0)
	}
}
