package worker_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// stopped reports whether payments are stopped.
func (r *room) stopped() bool {
	r.Helper()
	on, err := freeze.Stopped(r.Context(), r.Read())
	r.must(err)
	return on
}

// proof is of a payment that the purse made at an attempt.
func (n *purse) proof(m amount.Msat, attempt uint64) lightning.Outcome {
	return lightning.Outcome{Hash: n.preim.Hash(), State: lightning.Succeeded, Preimage: n.preim, Amount: m, Attempt: attempt}
}

// An order was given back, and the node made it after all. The payer orders the
// same invoice, which leaves the amount open, over less: what was paid before, or
// may be, is not what this order asked for.
func TestAProofOfBeforePaysNoOrder(t *testing.T) {
	for name, state := range map[string]lightning.State{"it was made": lightning.Succeeded, "it is on its way": lightning.InFlight} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, r *room) {
				u, node := r.rich(1_000_000), newPurse(lightning.Succeeded)
				d := node.draft(500_000, 10_000)
				d.OpenAmount = true
				first := r.order(u, d)
				r.begins(first)
				r.do(func(tx *db.Tx) error { return r.fresh(first).Bounced(t.Context(), tx, u, "order.released", epoch) })
				node.state = node.proof(500_000, 1)
				node.state.State = state
				d.Amount, d.FeeLimit = 1_000, 0
				second := r.order(u, d)
				for range 3 {
					r.step(r.payer(0, node))
					r.ahead.Add(601)
				}
				r.is(second, paymentorder.Stuck)
				r.has(u, 999_000, 1_000)
				if !r.stopped() || node.calls > 0 {
					t.Errorf("payments are stopped: %v; the node was asked %d times to pay", r.stopped(), node.calls)
				}
			})
		})
	}
}

// A proof is of an order if it is of its amount, and of an attempt that is not
// older than the order.
func TestAProofIsOfTheAmountAndTheAttempt(t *testing.T) {
	for name, tt := range map[string]struct {
		amount  amount.Msat
		attempt uint64 // the order began after attempt 1
		want    paymentorder.State
	}{
		"its own":         {500_000, 2, paymentorder.Done},
		"a msat more":     {500_001, 2, paymentorder.Stuck},
		"a msat less":     {499_999, 2, paymentorder.Stuck},
		"one of before":   {500_000, 1, paymentorder.Stuck},
		"without numbers": {500_000, 0, paymentorder.Done},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, r *room) {
				u, node := r.rich(1_000_000), newPurse()
				o := r.order(u, node.draft(500_000, 0))
				r.begins(o)
				node.state = node.proof(tt.amount, tt.attempt)
				r.ahead.Add(61)
				r.step(r.payer(1, node))
				r.ahead.Add(61)
				r.step(r.payer(1, node))
				r.is(o, tt.want)
				if r.stopped() != (tt.want == paymentorder.Stuck) {
					t.Errorf("payments are stopped: %v", r.stopped())
				}
			})
		})
	}
}

// A gateway died with a payment in hand that was made: another one books the proof at
// once. What proves nothing waits until the lease is over.
func TestAProofWaitsForNoLease(t *testing.T) {
	for state, want := range map[lightning.State]paymentorder.State{
		lightning.Succeeded: paymentorder.Done, lightning.Failed: paymentorder.Sending, lightning.NotFound: paymentorder.Sending,
	} {
		both(t, func(t *testing.T, r *room) {
			u, node := r.rich(1_000_000), newPurse()
			o := r.order(u, node.draft(500_000, 0))
			r.do(func(tx *db.Tx) error {
				o, err := paymentorder.Claim(t.Context(), tx, paymentorder.Lightning, 60)
				if err != nil {
					return err
				}
				return o.Begin(t.Context(), tx, o.Due, epoch)
			})
			node.state = node.proof(500_000, 1)
			node.state.State = state
			r.proofs(r.payer(1, node))
			r.step(r.payer(1, node))
			if got := r.fresh(o).State; got != want {
				t.Errorf("the node says %d: the order is %s, want %s", state, got, want)
			}
			if node.calls > 0 {
				t.Error("it was paid")
			}
		})
	}
}

// proofs lets a worker book what is proved.
func (r *room) proofs(p *worker.Invoices) {
	r.Helper()
	_, err := did(p.Proofs(r.Context()))
	r.must(err)
}

// The holder of a payment and who starts learn of the proof at once: it is booked once.
func TestAProofIsBookedOnceByTwo(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		u, node := r.rich(1_000_000), newPurse(lightning.Succeeded)
		o := r.order(u, node.draft(500_000, 0))
		wake := r.asleep(node, 1)
		node.state = node.proof(500_000, 1)
		r.proofs(r.payer(1, node))
		r.is(o, paymentorder.Done)
		wake()
		r.has(u, 500_000, 0)
		if r.stopped() {
			t.Error("payments are stopped")
		}
		var told int
		r.do(func(tx *db.Tx) error {
			return tx.GetContext(t.Context(), &told, `SELECT COUNT(*) FROM notice WHERE jid = $1 AND phrase = 'order.paid-invoice'`, u.JID)
		})
		if told != 1 {
			t.Errorf("the payer was told %d times", told)
		}
	})
}
