package worker_test

import (
	"fmt"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// billed is ann's order for an invoice of bob's.
func (r *room) billed(node *purse) (ann, bob *useraccount.User, o *paymentorder.Order) {
	r.Helper()
	ann, bob = r.rich(1_000_000), r.rich(0)
	d := node.draft(500_000, 0)
	r.do(func(tx *db.Tx) error {
		return invoice.Add(r.Context(), tx, invoice.Invoice{Hash: d.Hash, User: bob.ID, Preimage: node.preim.Hex(), Text: d.Invoice, Amount: d.Amount,
			Created: 1, Expires: epoch + 1_000_000})
	})
	d.ToUser = bob
	return ann, bob, r.order(ann, d)
}

// A node that lost an invoice can not be paid for it: the payer has the money
// back, and nobody waits for ever.
func TestAnInvoiceThatTheNodeLostIsNotWaitedFor(t *testing.T) {
	for name, tt := range map[string]struct {
		paid   bool
		reason string
	}{
		"it was never paid":                       {false, "order.failed-invoice"},
		"it was paid, and that is not booked yet": {true, "order.failed-invoice-paid"},
	} {
		t.Run(name, func(t *testing.T) {
			r := enter(t, dbtest.SQLite(t))
			node := newPurse()
			node.cancels = fmt.Errorf("%w: gone", lightning.ErrNoInvoice)
			for range 1500 { // others'
				node.receipt = append(node.receipt, lightning.Receipt{})
			}
			if tt.paid {
				node.receipt = append(node.receipt, lightning.Receipt{Hash: node.preim.Hash(), Amount: 500_000})
			}
			ann, bob, o := r.billed(node)
			r.step(r.payer(0, node))
			r.is(o, paymentorder.Failed)
			r.has(ann, 1_000_000, 0)
			r.has(bob, 0, 0)
			if got := r.fresh(o).Reason; got != tt.reason {
				t.Errorf("the reason is %s, want %s", got, tt.reason)
			}
			i, err := invoice.Find(t.Context(), r.Read(), o.Hash.String)
			if err != nil || i.State != invoice.Open || (i.Expires <= epoch) == tt.paid {
				t.Errorf("the invoice is %+v (%v)", i, err)
			}
		})
	}
}

// Who left is not paid, whenever they left.
func TestWhoLeftIsNotPaidInside(t *testing.T) {
	leave := func(r *room, u *useraccount.User) {
		r.do(func(tx *db.Tx) error { return useraccount.Unregister(r.Context(), tx, u, epoch) })
	}
	both(t, func(t *testing.T, r *room) {
		for name, during := range map[string]bool{"before": false, "while the node takes the invoice back": true} {
			node := newPurse()
			ann, bob, o := r.billed(node)
			p := r.payer(1, node)
			if during {
				p.Node = leaving{node, func() { leave(r, bob) }}
			} else {
				leave(r, bob)
			}
			r.step(p)
			if got := r.fresh(o); got.State != paymentorder.Failed || got.Reason != "order.failed-closed" {
				t.Errorf("%s: the order is %s (%s)", name, got.State, got.Reason)
			}
			r.has(ann, 1_000_000, 0)
			r.has(bob, 0, 0)
		}
	})
}

// Who was suspended after the confirmation sends nothing.
func TestWhoIsSuspendedSendsNoHeldPayment(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		suspend := func(u *useraccount.User) {
			r.do(func(tx *db.Tx) error { return useraccount.Suspend(t.Context(), tx, u, "operator", "why", epoch) })
		}
		refused := func(u *useraccount.User, o *paymentorder.Order) {
			t.Helper()
			r.has(u, 1_000_000, 0)
			if got := r.fresh(o); got.State != paymentorder.Failed || got.Reason != "order.failed-suspended" {
				t.Errorf("the order is %s (%s)", got.State, got.Reason)
			}
		}
		node := newPurse(lightning.Succeeded)
		u := r.rich(1_000_000)
		o := r.order(u, node.draft(500_000, 0))
		suspend(u)
		r.step(r.payer(0, node))
		refused(u, o)
		if node.calls > 0 {
			t.Error("it was paid")
		}
		ann, _, inside := r.billed(newPurse())
		suspend(ann)
		r.step(r.payer(0, node))
		refused(ann, inside)

		for _, at := range []string{"before it is signed", "while it is signed"} {
			u, w := r.rich(1_000_000), &vault{}
			o := r.order(u, paymentorder.Draft{ToAddress: "bcrt1qsomebody", Amount: 500_000, FeeLimit: 10_000})
			if at == "before it is signed" {
				suspend(u)
			} else {
				w.signing = func() { suspend(u) }
			}
			r.pays(w)
			refused(u, o)
			if len(w.sent) > 0 || w.held != 0 {
				t.Errorf("%s: %d sent, %d coins held", at, len(w.sent), w.held)
			}
		}
	})
}

// The books are found wrong while a neighbour's invoice is taken back: it is not paid
// until they are right again.
func TestANeighbourIsNotPaidWhileTheBooksAreWrong(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		wrong := freeze.Cause{Ref: "a rule", Reason: freeze.Books, What: "a test"}
		node := leaving{newPurse(), func() {
			r.do(func(tx *db.Tx) error { _, err := freeze.Payments(t.Context(), tx, wrong); return err })
		}}
		ann, bob, o := r.billed(node.purse)
		for range 3 {
			r.step(r.payer(0, node))
			r.ahead.Add(61)
		}
		r.is(o, paymentorder.Sending)
		r.has(ann, 500_000, 500_000)
		r.has(bob, 0, 0)
		r.do(func(tx *db.Tx) error { _, err := freeze.Clear(t.Context(), tx, wrong); return err })
		r.step(r.payer(0, node.purse))
		r.is(o, paymentorder.Done)
		r.has(bob, 500_000, 0)
	})
}
