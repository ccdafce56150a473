package worker_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// again is the second order for an invoice whose first payment found no way.
func (r *room) again(node *purse) (u *useraccount.User, second *paymentorder.Order) {
	r.Helper()
	u = r.rich(1_000_000)
	d := node.draft(500_000, 10_000)
	first := r.order(u, d)
	r.step(r.payer(0, node))
	r.is(first, paymentorder.Failed)
	return u, r.order(u, d)
}

// An invoice expires while its order waits. It is given back, and the node is not asked
// to pay it.
func TestWhatHasExpiredDoesNotBegin(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		node := newPurse(lightning.Failed)
		u, o := r.again(node)
		r.ahead.Store(node.expires - epoch)
		r.step(r.payer(0, node))
		if node.calls != 1 {
			t.Errorf("the node was asked %d times to pay, once was before", node.calls)
		}
		r.is(o, paymentorder.Failed)
		r.has(u, 1_000_000, 0)
	})
}

// reader is a node that says of an invoice what it is told to.
type reader struct {
	*purse
	says error
}

func (n reader) Decode(context.Context, string) (lightning.Invoice, error) {
	return lightning.Invoice{}, n.says
}

// What a node takes for no invoice does not begin, and is given back. That it does not
// answer says nothing.
func TestWhatIsNoInvoiceDoesNotBegin(t *testing.T) {
	for says, want := range map[error]paymentorder.State{
		lightning.ErrBadInvoice:  paymentorder.Failed,
		lightning.ErrRefused:     paymentorder.Failed, // one of open amount, to a wallet that pays none
		lightning.ErrUnreachable: paymentorder.Held,
	} {
		t.Run(says.Error(), func(t *testing.T) {
			both(t, func(t *testing.T, r *room) {
				u, node := r.rich(1_000_000), newPurse()
				o := r.order(u, node.draft(500_000, 10_000))
				r.step(r.payer(0, reader{node, says}))
				if r.is(o, want); node.calls > 0 {
					t.Error("the node was asked to pay")
				}
			})
		})
	}
}

// kept are the reasons for which an order does not begin.
var kept = map[string]func(r *room, u *useraccount.User, node *purse){
	"the invoice has expired": func(r *room, _ *useraccount.User, node *purse) { r.ahead.Store(node.expires - epoch + 25*3600) },
	"the payer is suspended": func(r *room, u *useraccount.User, _ *purse) {
		r.do(func(tx *db.Tx) error { return useraccount.Suspend(r.Context(), tx, u, "operator", "why", epoch) })
	},
}

// Neither that an invoice has expired nor that its payer is suspended hides a payment that
// the node made for it.
func TestWhatWasPaidBeforeStopsPayments(t *testing.T) {
	for name, does := range kept {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, r *room) {
				u, node := r.rich(1_000_000), newPurse()
				o := r.order(u, node.draft(500_000, 10_000))
				node.state = lightning.Outcome{State: lightning.Succeeded, Preimage: node.preim, Amount: 500_000, Attempt: 1}
				does(r, u, node)
				r.step(r.payer(0, node))
				r.is(o, paymentorder.Stuck)
				if r.has(u, 490_000, 510_000); !r.stopped() {
					t.Error("payments go on")
				}
			})
		})
	}
}

// unproved is a node that has a payment under the hash and can not say how it ended.
type unproved struct{ *purse }

func (n unproved) Find(context.Context, lightning.Hash) (lightning.Outcome, error) {
	return lightning.Outcome{}, lightning.ErrNoProof
}

// Nor does it give back what a node can not tell of: Moneysocket's says so of an invoice
// that has long expired and that its journal does not have.
func TestWhatMayHaveBeenPaidBeforeStaysWithTheOperator(t *testing.T) {
	for name, does := range kept {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, r *room) {
				u, node := r.rich(1_000_000), newPurse()
				o := r.order(u, node.draft(500_000, 10_000))
				does(r, u, node)
				r.step(r.payer(0, unproved{node}))
				if r.is(o, paymentorder.Stuck); node.calls > 0 {
					t.Error("the node was asked to pay")
				}
				r.has(u, 490_000, 510_000)
			})
		})
	}
}

// A node whose clock is ahead of the database's refuses what begins, and tells of the
// failure of before. That ends the order: no later one will be told.
func TestASecondOrderThatTheNodeRefusesEnds(t *testing.T) {
	for name, tt := range map[string]struct {
		died bool    // who began it, before the node heard of it
		wait []int64 // until it has ended, in seconds of each step
	}{
		"at once":                       {false, []int64{0}},
		"when no call can be under way": {true, []int64{61, 3600, 600}},
		"and a year later":              {true, []int64{365 * 24 * 3600, 61}},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, r *room) {
				node := newPurse(lightning.Failed)
				u, o := r.again(node)
				if node.over = true; tt.died {
					r.begins(o)
				}
				for i, seconds := range tt.wait {
					if i > 0 {
						r.is(o, paymentorder.Sending)
					}
					r.ahead.Add(seconds)
					r.step(r.payer(1, node))
				}
				r.is(o, paymentorder.Failed)
				r.has(u, 1_000_000, 0)
			})
		})
	}
}

// Who began the second order hangs before the node hears of it. While the call may yet
// reach the node, a refusal beside the old failure ends nothing.
func TestARefusalWaitsForACallThatIsOut(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		node := newPurse(lightning.Failed, lightning.Succeeded)
		u, o := r.again(node)
		wake, b := r.asleep(node, 2), &clockAhead{purse: node}
		for range 12 {
			r.ahead.Add(61)
			r.step(r.payer(1, b))
		}
		r.is(o, paymentorder.Sending)
		wake()
		r.ahead.Add(61)
		r.step(r.payer(1, b))
		r.is(o, paymentorder.Done)
		r.has(u, 500_000, 0)
	})
}

// clockAhead is a node that takes every call of one gateway for one that comes too late.
type clockAhead struct{ *purse }

func (n *clockAhead) Pay(context.Context, lightning.Payment) (lightning.Outcome, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.state.State == lightning.NotFound || n.state.State == lightning.Failed {
		return n.state, lightning.ErrRefused
	}
	return n.state, nil
}
