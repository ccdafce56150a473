package worker_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// The machine of a gateway stands still before the node hears of a payment, for longer
// than any lease. Another one pays, and the node says that it failed. The sleeper may
// wake and have it paid after all, until the invoice has expired.
func TestASleeperOfManyLeasesPaysNothingThatWasGivenBack(t *testing.T) {
	for name, tt := range map[string]struct {
		script []lightning.State
		wakes  bool
		want   paymentorder.State
	}{
		"it wakes, and the payment is made": {[]lightning.State{lightning.Failed, lightning.Succeeded}, true, paymentorder.Done},
		"it wakes, and the payment fails":   {[]lightning.State{lightning.Failed, lightning.Failed}, true, paymentorder.Failed},
		"it is dead":                        {[]lightning.State{lightning.Failed}, false, paymentorder.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, r *room) {
				u, node := r.rich(1_000_000), newPurse(tt.script...)
				o := r.order(u, node.draft(500_000, 10_000))
				wake, b := r.asleep(node, 1), r.payer(1, node)
				for range 6 {
					r.ahead.Add(61)
					r.step(b)
				}
				if node.made != 1 || node.calls != 2 {
					t.Errorf("the node was called %d times and made %d attempts, want that the other one paid once", node.calls, node.made)
				}
				r.is(o, paymentorder.Sending)
				r.has(u, 490_000, 510_000)
				if tt.wakes {
					wake()
					r.ahead.Add(61)
				} else {
					r.ahead.Store(node.expires - epoch + 601)
				}
				r.step(b)
				r.is(o, tt.want)
				if tt.want == paymentorder.Failed {
					r.has(u, 1_000_000, 0)
				} else {
					r.has(u, 500_000, 0)
				}
				if !tt.wakes {
					node.over = true
					wake() // after all
				}
				if r.stopped() {
					t.Error("payments are stopped")
				}
			})
		})
	}
}

// The same, and the node wants nothing of the payment when another one calls, however
// often it is asked. The sleeper may wake when it does.
func TestASleeperOfManyLeasesPaysNothingThatWasRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		wakes bool
		want  paymentorder.State
	}{
		"it wakes, and the payment is made": {true, paymentorder.Done},
		"it is dead":                        {false, paymentorder.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, r *room) {
				u, node := r.rich(1_000_000), newPurse(lightning.Succeeded)
				o := r.order(u, node.draft(500_000, 10_000))
				wake, b := r.asleep(node, 1), r.payer(1, node)
				node.over = true
				for range 30 { // for longer than a refusal alone waits
					r.ahead.Add(61)
					r.step(b)
				}
				if node.calls < 3 {
					t.Errorf("it was asked to pay %d times", node.calls)
				}
				r.is(o, paymentorder.Sending)
				r.has(u, 490_000, 510_000)
				if tt.wakes {
					node.over = false
					wake()
				} else {
					r.ahead.Store(node.expires - epoch + 601)
					r.step(b)
				}
				r.is(o, tt.want)
				if tt.want == paymentorder.Failed {
					r.has(u, 1_000_000, 0)
					wake() // after all
				} else {
					r.has(u, 500_000, 0)
				}
				if r.stopped() {
					t.Error("payments are stopped")
				}
			})
		})
	}
}
