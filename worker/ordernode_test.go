package worker_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// A payment was begun at the node that we had. Another one has its place, and this
// gateway does not know yet. What that one says of the hash neither makes the payment
// again nor gives it back, also when an operator has declared it. When the first one is
// back, the payment goes on.
func TestAnotherNodeEndsNoPayment(t *testing.T) {
	for word, says := range map[string]lightning.State{"it never heard of it": lightning.NotFound, "it failed": lightning.Failed} {
		for _, state := range []paymentorder.State{paymentorder.Sending, paymentorder.InFlight, paymentorder.Stuck} {
			t.Run(string(state)+", "+word, func(t *testing.T) {
				both(t, func(t *testing.T, r *room) {
					u, old := r.rich(1_000_000), newPurse(lightning.InFlight)
					o := r.begun(u, old, state)
					other := newPurse(lightning.Succeeded, lightning.Succeeded)
					other.key, other.preim, other.state = "another", old.preim, lightning.Outcome{State: says, Attempt: 7}
					for _, declared := range []bool{false, true} {
						if declared {
							r.declares(other.key)
						}
						for range 4 {
							r.ahead.Add(700)
							r.step(r.payer(1, other))
						}
						if other.calls > 0 {
							t.Errorf("declared %v: it was asked to pay %d times", declared, other.calls)
						}
						r.is(o, state)
						r.has(u, 490_000, 510_000)
					}
					old.state = old.proof(500_000, 2)
					r.ahead.Add(700)
					r.step(r.payer(1, old))
					r.is(o, paymentorder.Done)
				})
			})
		}
	}
}

// declares keeps another node as the one that was looked at last, which an operator has
// said is right.
func (r *room) declares(key string) {
	r.Helper()
	cause := freeze.Cause{Ref: "node:" + key, Reason: freeze.OtherNode, What: "a test"}
	r.do(func(tx *db.Tx) error { _, err := freeze.Payments(r.Context(), tx, cause); return err })
	r.do(func(tx *db.Tx) error { _, err := freeze.Acknowledge(r.Context(), tx, cause.Ref, "me"); return err })
	r.do(func(tx *db.Tx) error {
		_, err := tx.ExecContext(r.Context(), `INSERT INTO node_cursor (name, value, at) VALUES ($1, $2, 1)`, invoice.MarkNode, key)
		return err
	})
}

// The node is not the one that was looked at last: nothing begins there, and a
// neighbour's invoice is neither paid nor ended by its word.
func TestNothingBeginsAtAnotherNode(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		r.do(func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO node_cursor (name, value, at) VALUES ($1, 'ours', 1)`, invoice.MarkNode)
			return err
		})
		for name, cancels := range map[string]error{"it takes the invoice back": nil, "it does not know the invoice": lightning.ErrNoInvoice} {
			ours := newPurse()
			ours.key, ours.cancels = "ours", errors.New("no answer")
			ann, _, begun := r.billed(ours)
			r.step(r.payer(0, ours))
			node := newPurse(lightning.Succeeded)
			node.key, node.cancels = "another", cancels
			outside := r.order(r.rich(1_000_000), node.draft(500_000, 0))
			_, _, inside := r.billed(newPurse())
			for range 9 {
				r.ahead.Add(61)
				r.step(r.payer(1, node))
			}
			r.is(begun, paymentorder.Sending)
			r.is(outside, paymentorder.Held)
			r.is(inside, paymentorder.Held)
			r.has(ann, 500_000, 500_000)
			if node.calls > 0 {
				t.Errorf("%s: it was asked to pay %d times", name, node.calls)
			}
			i, err := invoice.Find(t.Context(), r.Read(), begun.Hash.String)
			if err != nil || i.Expires <= epoch {
				t.Errorf("%s: the invoice is %+v (%v)", name, i, err)
			}
			node.key, node.cancels = "ours", nil
			for range 9 {
				r.ahead.Add(61)
				r.step(r.payer(1, node))
			}
			for _, o := range []*paymentorder.Order{begun, outside, inside} {
				r.is(o, paymentorder.Done)
			}
		}
	})
}

// The node had a payment on its way, and does not know it any more. It was set back:
// it may have made the payment before.
func TestANodeThatForgotAPaymentStopsThem(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		u, node := r.rich(1_000_000), newPurse(lightning.InFlight, lightning.Succeeded)
		o := r.order(u, node.draft(500_000, 0))
		r.step(r.payer(0, node))
		r.is(o, paymentorder.InFlight)
		node.state = lightning.Outcome{}
		for range 3 {
			r.ahead.Add(700)
			r.step(r.payer(1, node))
		}
		r.is(o, paymentorder.Stuck)
		r.has(u, 500_000, 500_000)
		if all, err := freeze.Causes(t.Context(), r.Read()); err != nil || len(all) != 1 || all[0].Ref != o.Hash.String || all[0].Reason != freeze.Restored {
			t.Errorf("payments are stopped by %+v (%v)", all, err)
		}
		if node.calls != 1 {
			t.Errorf("it was asked to pay %d times", node.calls)
		}
		node.state = node.proof(500_000, 1)
		r.ahead.Add(700)
		r.step(r.payer(1, node))
		r.is(o, paymentorder.Done)
	})
}

// lossy loses the answer to the first call to pay, and refuses all later ones: the
// invoice has expired. The first one was on its way all the time.
type lossy struct{ *purse }

func (n lossy) Pay(context.Context, lightning.Payment) (lightning.Outcome, error) {
	n.calls++
	if n.calls == 1 {
		return lightning.Outcome{}, errors.New("no answer")
	}
	return lightning.Outcome{}, lightning.ErrRefused
}

// What a refused payment waits for is counted from when it began, however long it was
// held before.
func TestARefusedPaymentWaitsFromItsBeginning(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		u, node := r.rich(1_000_000), lossy{newPurse()}
		o := r.order(u, node.draft(500_000, 10_000))
		r.frozen.Store(true)
		for range 12 {
			r.step(r.payer(0, node))
			r.ahead.Add(61)
		}
		r.is(o, paymentorder.Held)
		r.frozen.Store(false)
		r.step(r.payer(0, node))
		node.expires = epoch // and so no call is waited for
		for range 4 {
			r.ahead.Add(70)
			r.step(r.payer(0, node))
		}
		if node.calls < 3 {
			t.Errorf("it was asked to pay %d times", node.calls)
		}
		r.is(o, paymentorder.Sending)
		r.has(u, 490_000, 510_000)
		r.ahead.Add(601)
		r.step(r.payer(0, node))
		r.is(o, paymentorder.Failed)
		r.has(u, 1_000_000, 0)
	})
}

// fleeting is a node that is another one from some question on.
type fleeting struct {
	*purse
	ours int // answers of the first one
}

func (n *fleeting) Info(ctx context.Context) (lightning.Info, error) {
	if n.ours--; n.ours < 0 {
		n.key = "another"
	}
	return n.purse.Info(ctx)
}

// Another node has the place of ours between the note that a payment begins and the
// call: it is asked to pay nothing, and ours pays when it is back.
func TestAnotherNodeIsNotCalled(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		r.looked("ours")
		node := &fleeting{newPurse(lightning.Succeeded), 1}
		node.key = "ours"
		u := r.rich(1_000_000)
		o := r.order(u, node.draft(500_000, 0))
		for range 3 {
			r.step(r.payer(0, node))
			r.ahead.Add(61)
		}
		if node.calls > 0 {
			t.Errorf("it was asked to pay %d times", node.calls)
		}
		r.is(o, paymentorder.Sending)
		if was := r.fresh(o); was.Calls == 0 || was.Answered < was.Calls {
			t.Errorf("%d of %d calls are over, and none was made", was.Answered, was.Calls)
		}
		node.key = "ours"
		r.step(r.payer(0, node.purse))
		r.is(o, paymentorder.Done)
	})
}
