package worker_test

import (
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// begins writes down that an order is about to be paid, as a gateway does that
// dies there.
func (r *room) begins(o *paymentorder.Order) {
	r.Helper()
	r.do(func(tx *db.Tx) error {
		o, err := paymentorder.Claim(r.Context(), tx, paymentorder.Lightning, 60)
		if err != nil {
			return err
		}
		o.Attempt = 1
		return o.Begin(r.Context(), tx, o.Due, epoch)
	})
}

// begun is an order of 500 000 msat that began, and is sending, on its way at a node, or
// stuck.
func (r *room) begun(u *useraccount.User, node *purse, state paymentorder.State) *paymentorder.Order {
	r.Helper()
	o := r.order(u, node.draft(500_000, 10_000))
	if state == paymentorder.InFlight {
		r.step(r.payer(0, node))
	} else {
		r.begins(o)
	}
	if state == paymentorder.Stuck {
		r.do(func(tx *db.Tx) error { return r.fresh(o).MarkConflicted(r.Context(), tx, epoch) })
	}
	r.is(o, state)
	return o
}
