package worker_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// A gateway is told to stop while the node pays: what the node says then is
// written down before it goes.
func TestWhatTheNodeSaidIsWrittenDownOnTheWayOut(t *testing.T) {
	for said, want := range map[lightning.State]paymentorder.State{
		lightning.Succeeded: paymentorder.Done,
		lightning.Failed:    paymentorder.Failed,
		lightning.InFlight:  paymentorder.InFlight,
	} {
		t.Run(string(want), func(t *testing.T) {
			both(t, func(t *testing.T, r *room) {
				u, node := r.rich(1_000_000), newPurse(said)
				o := r.order(u, node.draft(500_000, 0))
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				node.before = func(context.Context, int) { stop() }
				p := r.payer(0, node)
				_, err := did(p.Step(ctx))
				r.must(err)
				p.Rest()
				r.is(o, want)
				switch want {
				case paymentorder.Done:
					r.has(u, 500_000, 0)
				case paymentorder.Failed:
					r.has(u, 1_000_000, 0)
				}
			})
		})
	}
}
