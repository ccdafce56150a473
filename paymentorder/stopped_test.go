package paymentorder_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// What stops payments decides which: books that do not add up stop all that
// moves, and anything else what leaves, which is then held.
func TestBooksThatDoNotAddUpMoveNothing(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		for _, tt := range []struct {
			reason          freeze.Reason
			inside, outside string // how a confirmation ends
		}{
			{freeze.Spent, "done", "held, stopped"},
			{freeze.Balance, "done", "held, stopped"},
			{freeze.Books, "refused", "refused"},
			{"", "done", "held"},
		} {
			ann, bob := c.user(10_000*amount.Sat), c.user(0)
			in, out := c.draft(ann, inside(bob, 100*amount.Sat)), c.draft(ann, outside(900*amount.Sat, 100*amount.Sat))
			if tt.reason != "" {
				c.do(func(tx *db.Tx) error {
					_, err := freeze.Payments(t.Context(), tx, freeze.Cause{Ref: "r", Reason: tt.reason, What: "a test"})
					return err
				})
			}
			for o, want := range map[*paymentorder.Order]string{in: tt.inside, out: tt.outside} {
				got := ""
				err := c.Tx(t.Context(), func(tx *db.Tx) error {
					r, err := limits.Confirm(t.Context(), tx, o, paymentorder.InPerson())
					switch {
					case fault.Is(err, fault.Later) && fault.Of(err).Phrase == "order.stopped":
						got = "refused"
					case err == nil && r.Stopped:
						got = string(r.Order.State) + ", stopped"
					case err == nil:
						got = string(r.Order.State)
					}
					return err
				})
				if got != want {
					t.Errorf("%q: got %q (%v), want %q", tt.reason, got, err, want)
				}
			}
			c.do(func(tx *db.Tx) error { _, err := freeze.Clear(t.Context(), tx, "r"); return err })
		}
	})
}
