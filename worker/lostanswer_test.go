package worker_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// tardy is a node that the first call reaches later: its answer is an error here, and
// the request lies in a buffer until it arrives.
type tardy struct {
	*purse
	lost error // how the first call ends here
	n    int
	kept lightning.Payment
}

func (y *tardy) Pay(ctx context.Context, p lightning.Payment) (lightning.Outcome, error) {
	if y.n++; y.n == 1 {
		y.kept = p
		return lightning.Outcome{}, y.lost
	}
	return y.purse.Pay(ctx, p)
}

// That we do not wait any more, or that a connection broke, is not that a call can not
// reach the node. It may arrive after another one at which the payment failed, until the
// invoice has expired: nothing is given back before.
func TestALostAnswerIsNoReturn(t *testing.T) {
	for name, lost := range map[string]error{
		"a connection that broke": errors.New("connection reset by peer"),
		"our deadline":            context.DeadlineExceeded,
		"no answer":               lightning.ErrUnreachable,
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, r *room) {
				u, node := r.rich(1_000_000), &tardy{purse: newPurse(lightning.Failed, lightning.Succeeded), lost: lost}
				o := r.order(u, node.draft(500_000, 10_000))
				for range 6 {
					r.step(r.payer(0, node))
					r.ahead.Add(61)
				}
				r.is(o, paymentorder.Sending)
				r.has(u, 490_000, 510_000)
				if is := r.fresh(o); is.Calls != 2 || is.Answered != 1 {
					t.Errorf("%d of %d calls were answered, want 1 of 2", is.Answered, is.Calls)
				}
				_, err := node.purse.Pay(t.Context(), node.kept) // it arrives
				r.must(err)
				r.step(r.payer(0, node))
				r.is(o, paymentorder.Done)
				r.has(u, 500_000, 0)
				if r.stopped() {
					t.Error("payments are stopped")
				}
			})
		})
	}
}
