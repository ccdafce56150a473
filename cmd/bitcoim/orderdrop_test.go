package main

import (
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// drops lets the payer ask for the money of the order, and wants a refusal.
func (c *copied) drops(g *gateway, want string) {
	c.Helper()
	err := c.Tx(c.Context(), func(tx *db.Tx) error {
		u, err := useraccount.Lock(c.Context(), tx, c.o.User)
		if err != nil {
			return err
		}
		o, err := paymentorder.ByID(c.Context(), tx, c.o.ID)
		if err != nil {
			return err
		}
		return o.Drop(c.Context(), tx, u, g.unlooked(o.Kind()), u.Now)
	})
	if err == nil || fault.Of(err).Phrase != want {
		c.Errorf("got %v, want %s", err, want)
	}
}

// The books are restored from a copy in which an order is held that the node has paid
// since. Its payer gets nothing back of it: not before the gateway has looked, not before
// an operator has, and not while the operator's word waits for a worker.
func TestThePayerOfACopyDropsNoOrderThatWasPaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := restored(t, d, lightning.Succeeded)
		c.now = c.now.Add(24 * time.Hour)
		g := &gateway{}
		g.untilLooked(c.o.ID)
		c.drops(g, "order.may-be-made")
		c.finds(freeze.Paid)
		g.frozen.Store(false)
		c.drops(g, "order.may-be-made")
		c.declare()
		c.drops(g, "order.may-be-made")
		c.is(paymentorder.Held, 49_000, 51_000)
		c.works(1)
		c.drops(g, "order.too-late")
		c.is(paymentorder.Stuck, 49_000, 51_000)
	})
}
