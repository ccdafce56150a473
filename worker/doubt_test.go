package worker_test

import (
	"crypto/rand"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// doubts are why a no of the node proves nothing, and what ends each.
var doubts = map[string]struct{ begins, ends func(r *room) }{
	"this gateway has not looked": {func(r *room) { r.frozen.Store(true) }, func(r *room) { r.frozen.Store(false) }},
	"another node":                stops(freeze.OtherNode),
	"it was set back":             stops(freeze.Restored),
	"it paid what was given back": stops(freeze.Proof),
	"it made what no order began": stops(freeze.Earlier),
}

func stops(why freeze.Reason) struct{ begins, ends func(r *room) } {
	ref := "" // what was declared once does not stop again
	return struct{ begins, ends func(r *room) }{
		func(r *room) {
			ref = rand.Text()
			r.do(func(tx *db.Tx) error {
				_, err := freeze.Payments(r.Context(), tx, freeze.Cause{Ref: ref, Reason: why, What: "a test"})
				return err
			})
		},
		func(r *room) {
			r.do(func(tx *db.Tx) error { _, err := freeze.Acknowledge(r.Context(), tx, ref, "me"); return err })
		},
	}
}

// A payment is on its way at the node that we had. One that has never heard of it,
// or says that it failed, neither makes it again nor gives it back.
func TestANoThatIsDoubtedEndsNothing(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		for why, doubt := range doubts {
			for _, state := range []paymentorder.State{paymentorder.Sending, paymentorder.InFlight, paymentorder.Stuck} {
				for word, says := range map[string]lightning.State{"unknown": lightning.NotFound, "failed": lightning.Failed} {
					u, old := r.rich(1_000_000), newPurse(lightning.InFlight)
					old.expires += r.ahead.Load()
					o := r.begun(u, old, state)
					doubt.begins(r)
					other := newPurse(lightning.Succeeded)
					other.preim, other.asks, other.made = old.preim, old.asks, 7
					other.state = lightning.Outcome{State: says, Attempt: 7}
					for range 3 {
						r.ahead.Add(700)
						r.step(r.payer(1, other))
					}
					if other.calls > 0 {
						t.Errorf("%s, %s, %s: it was paid again", why, state, word)
					}
					r.is(o, state)
					r.has(u, 490_000, 510_000)
					doubt.ends(r)
					for range 3 {
						r.ahead.Add(700)
						r.step(r.payer(1, other))
					}
					want := paymentorder.Failed
					if says == lightning.NotFound {
						want = map[paymentorder.State]paymentorder.State{paymentorder.Sending: paymentorder.Done,
							paymentorder.InFlight: paymentorder.Stuck, paymentorder.Stuck: paymentorder.Stuck}[state]
					}
					if got := r.fresh(o).State; got != want {
						t.Errorf("%s, %s, %s: when the doubt is over, the order is %s, want %s", why, state, word, got, want)
					}
					r.do(func(tx *db.Tx) error { // what it has forgotten stops payments
						if want == paymentorder.Stuck {
							if err := r.fresh(o).Resolve(t.Context(), tx, u, "order.released", epoch); err != nil {
								return err
							}
						}
						if ok, err := freeze.Expect(t.Context(), tx, o.Hash.String, "me"); err != nil || ok {
							return err
						}
						_, err := freeze.Acknowledge(t.Context(), tx, o.Hash.String, "me")
						return err
					})
				}
			}
		}
	})
}

// Another node does not know a neighbour's invoice: that ends neither it nor the
// order.
func TestANeighboursInvoiceIsNotEndedByADoubtedNo(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		for why, doubt := range doubts {
			ann, _, o := r.billed(newPurse())
			doubt.begins(r)
			other := newPurse()
			other.cancels = lightning.ErrNoInvoice
			for range 3 {
				r.ahead.Add(61)
				r.step(r.payer(0, other))
			}
			i, err := invoice.Find(t.Context(), r.Read(), o.Hash.String)
			r.must(err)
			if got := r.fresh(o).State; got != paymentorder.Sending || i.Expires <= epoch {
				t.Errorf("%s: the order is %s, the invoice %+v", why, got, i)
			}
			r.has(ann, 500_000, 500_000)
			doubt.ends(r)
			r.ahead.Add(700)
			r.step(r.payer(0, other))
			r.is(o, paymentorder.Failed)
		}
	})
}
