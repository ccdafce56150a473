package worker_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// What stays among neighbours needs books that add up, and of the node only that it
// is ours: it takes the invoice back.
func TestNeighboursPayWhileTheOutsideIsStopped(t *testing.T) {
	for name, tt := range map[string]struct {
		cause freeze.Cause
		first bool // the gateway has not looked at the nodes yet
		want  paymentorder.State
		ann   [2]amount.Msat // money, held
		bob   amount.Msat
	}{
		"the wallet sent what nobody knows": {freeze.Cause{Ref: "txid", Reason: freeze.Spent, What: "a test"}, false, paymentorder.Done,
			[2]amount.Msat{500_000, 0}, 500_000},
		"before the first look, which says whether the node is ours": {freeze.Cause{}, true, paymentorder.Sending,
			[2]amount.Msat{500_000, 500_000}, 0},
		"the books do not add up": {freeze.Cause{Ref: "a rule", Reason: freeze.Books, What: "a test"}, false, paymentorder.Held,
			[2]amount.Msat{500_000, 500_000}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, r *room) {
				node := newPurse()
				ann, bob, inside := r.billed(node)
				outside := r.order(r.rich(1_000_000), newPurse().draft(500_000, 0))
				r.frozen.Store(tt.first)
				if tt.cause.Ref != "" {
					r.do(func(tx *db.Tx) error { _, err := freeze.Payments(t.Context(), tx, tt.cause); return err })
				}
				for range 4 {
					r.step(r.payer(0, node))
				}
				r.is(inside, tt.want)
				r.has(ann, tt.ann[0], tt.ann[1])
				r.has(bob, tt.bob, 0)
				r.is(outside, paymentorder.Held)
				if node.calls != 0 {
					t.Errorf("the node was asked to pay %d times", node.calls)
				}
			})
		})
	}
}
