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

// Until when an invoice can be paid is the payee's choice. The money of a payment that
// failed comes back a week after it began, though a call has no answer.
func TestNoPayeeKeepsTheMoneyOfAFailedPayment(t *testing.T) {
	const day = 24 * 3600
	both(t, func(t *testing.T, r *room) {
		u, node := r.rich(1_000_000), &tardy{purse: newPurse(lightning.Failed), lost: lightning.ErrUnreachable}
		node.expires = epoch + 1000*day
		o := r.order(u, node.draft(500_000, 10_000))
		for range 6 {
			r.step(r.payer(0, node))
			r.ahead.Add(61)
		}
		r.ahead.Store(7*day - 100)
		r.step(r.payer(0, node))
		r.is(o, paymentorder.Sending)
		r.ahead.Store(7*day + 100)
		r.step(r.payer(0, node))
		r.is(o, paymentorder.Failed)
		r.has(u, 1_000_000, 0)
	})
}

// So that no call is out which is younger than a day when nobody waits any more, the node
// is not called after six days while the invoice can be paid. An operator looks.
func TestNoCallIsMadeForAnOldPayment(t *testing.T) {
	const day = 24 * 3600
	for name, tt := range map[string]struct {
		expires, after int64
		want           paymentorder.State
	}{
		"after five days": {1000 * day, 5 * day, paymentorder.Done},
		"after six days":  {1000 * day, 6*day + 100, paymentorder.Stuck},
		"and its invoice has expired, so it is refused": {day, 6*day + 100, paymentorder.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, r *room) {
				u, node := r.rich(1_000_000), &tardy{purse: newPurse(lightning.Succeeded), lost: lightning.ErrUnreachable}
				node.expires = epoch + tt.expires
				o := r.order(u, node.draft(500_000, 10_000))
				r.step(r.payer(0, node))
				r.is(o, paymentorder.Sending)
				r.ahead.Store(tt.after)
				node.over = tt.expires < tt.after
				r.step(r.payer(0, node))
				r.is(o, tt.want)
			})
		})
	}
}
