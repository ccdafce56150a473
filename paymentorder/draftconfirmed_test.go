package paymentorder_test

import (
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// An order that is confirmed as it is drafted is held to the same limits, by what was
// spent before it.
func TestWhatIsConfirmedAtOnceIsWithinLimits(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(20_000*amount.Sat), c.user(0)
		pays := func(m amount.Msat) error {
			return c.Tx(c.ctx, func(tx *db.Tx) error {
				r, err := limits.DraftConfirmed(c.ctx, tx, ann, inside(bob, m), paymentorder.InPerson())
				if err == nil && r.Order.State != paymentorder.Done {
					t.Errorf("it is %s", r.Order.State)
				}
				return err
			})
		}
		for range 5 {
			c.must(pays(1000 * amount.Sat))
		}
		says(t, pays(1), fault.NotAllowed, "limit.day")
		c.has(bob, 5000*amount.Sat, 0)
		c.clean()
	})
}

// What is above a budget is drafted, and waits for its code.
func TestWhatIsAboveABudgetWaits(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(20_000*amount.Sat), c.user(0)
		c.do(func(tx *db.Tx) error {
			a, err := app.Link(c.ctx, tx, ann.ID, app.NewApp{Name: "game", Kind: app.LIME, Secret: "s", Budget: 5 * amount.Sat, Per: app.Day})
			if err != nil {
				return err
			}
			for key, want := range map[string]struct {
				m     amount.Msat
				err   error
				state paymentorder.State
			}{"within": {4 * amount.Sat, nil, paymentorder.Done}, "above": {6 * amount.Sat, app.ErrAboveBudget, paymentorder.New}} {
				r, err := limits.DraftConfirmed(c.ctx, tx, ann, inside(bob, want.m), paymentorder.OutOfBudget(a, app.Request{Key: key}))
				if !errors.Is(err, want.err) || r == nil || r.Order.State != want.state {
					t.Errorf("%s: %+v, %v", key, r, err)
				}
			}
			return nil
		})
		c.has(bob, 4*amount.Sat, 0)
		c.clean()
	})
}
