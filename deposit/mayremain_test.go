package deposit_test

import (
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// holds sets money of ann's aside for a payment to an address.
func (c *town) holds(sat int64) (o *paymentorder.Order) {
	c.Helper()
	c.do(func(tx *db.Tx) (err error) {
		if o, err = limits.Draft(c.Context(), tx, c.ann, paymentorder.Draft{ToAddress: "bcrt1qshop", SaidTo: "shop", Amount: amount.FromSats(sat)}, now); err != nil {
			return err
		}
		_, err = limits.Confirm(c.Context(), tx, o.User, o.Code, paymentorder.InPerson())
		return err
	})
	return o
}

// finds stops payments: a wallet sent what the books do not know.
func (c *town) finds() {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		_, err := freeze.Payments(c.Context(), tx, freeze.Cause{Ref: "sent", Reason: freeze.Spent, What: "a test"})
		return err
	})
}

// order checks where an order is.
func (c *town) order(o *paymentorder.Order, want paymentorder.State) {
	c.Helper()
	if got, err := paymentorder.ByID(c.Context(), c.Read(), o.ID); err != nil || got.State != want {
		c.Errorf("order %d is %+v (%v), want %s", o.ID, got, err, want)
	}
}

// A deposit leaves the chain, and its owner's money is set aside for payments. Those that
// may have been made, because the books may be an older copy, stay as they are, and what the
// deposit lacks is lost as if it were spent, until it comes back.
func TestADepositThatLeftTakesNothingBackThatMayBeMade(t *testing.T) {
	nothing := func(*town) {}
	for name, tt := range map[string]struct {
		before, between, after func(c *town)
		unlooked               bool
		first, next            paymentorder.State
		lost                   int64
	}{
		"nothing was found":                   {nothing, nothing, nothing, false, paymentorder.Failed, paymentorder.Failed, 0},
		"something was found before both":     {(*town).finds, nothing, nothing, false, paymentorder.Failed, paymentorder.Failed, 0},
		"something was found since the first": {nothing, (*town).finds, nothing, false, paymentorder.Held, paymentorder.Failed, 300},
		"something was found since both":      {nothing, nothing, (*town).finds, false, paymentorder.Held, paymentorder.Held, 500},
		"the gateway has not looked yet":      {nothing, nothing, nothing, true, paymentorder.Held, paymentorder.Held, 500},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c *town) {
				c.book(c.sight(500, 2))
				tt.before(c)
				first := c.holds(300)
				tt.between(c)
				next := c.holds(200)
				tt.after(c)
				r := rules
				if tt.unlooked {
					r.Unlooked = func(paymentorder.Kind) paymentorder.ID { return next.ID }
				}
				c.do(func(tx *db.Tx) error { return r.Lost(t.Context(), tx, now, wallet, c.sight(500, 0).Outpoint) })
				c.order(first, tt.first)
				c.order(next, tt.next)
				c.has(0, tt.lost)
				c.suspended(tt.lost > 0)
				c.clean()

				c.book(c.sight(500, 2)) // it is back
				c.has(500-tt.lost, 0)
				c.suspended(false)
				c.clean()
			})
		})
	}
}

// Payments are being stopped while the deposit leaves: that is heard first.
func TestADepositThatLeavesHearsWhoStopsPaymentsJustNow(t *testing.T) {
	all := dbtest.Several(t, db.Postgres, 2)
	c := open(t, all[0])
	c.book(c.sight(500, 2))
	o := c.holds(300)
	written, over := make(chan bool), make(chan error, 1)
	go func() {
		over <- all[1].Tx(t.Context(), func(tx *db.Tx) error {
			_, err := freeze.Payments(t.Context(), tx, freeze.Cause{Ref: "sent", Reason: freeze.Spent, What: "a test"})
			close(written)
			return errors.Join(err, dbtest.Waits(t.Context(), all[1], 1))
		})
	}()
	<-written
	c.lost(c.sight(500, 0))
	if err := <-over; err != nil {
		t.Error(err)
	}
	c.order(o, paymentorder.Held)
	c.has(0, 300)
}
