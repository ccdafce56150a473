package main

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// starts is a gateway that starts on the copy a day later, and has looked once, at what it has.
func (c *copied) starts(node chain.Node, ln lightning.Node) *gateway {
	c.Helper()
	c.now = time.Unix(soldAt, 0).Add(24 * time.Hour)
	g := &gateway{db: c.DB, node: node, lightning: ln, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	g.config.Audit.Every = time.Minute
	g.untilLooked(c.o.ID)
	c.drops(g, "order.may-be-made")
	if _, err := g.audit(c.Context()); err != nil {
		c.Fatal(err)
	}
	return g
}

// The books are a copy in which an order over Lightning is held; the node made it since. The
// operator starts the gateway without [lightning], whose node is not up again yet. The look
// asks no Lightning node, and what that did is not known: the payer waits.
func TestALookWithoutLightningFreesNoOrderOverLightning(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := restored(t, d, lightning.Succeeded)
		g := c.starts(still{}, nil)
		c.drops(g, "order.may-be-made")
		c.is(paymentorder.Held, 49_000, 51_000)
	})
}

// The copy was made while a changeover of the Lightning node waited to be declared, and an
// order was drafted meanwhile. It was declared after the copy, and the order was paid. The
// look on the copy ends at "another node", compares nothing, and finds nothing newer than
// the order: it is no look that an order could be given back after.
func TestALookThatEndsAtAnotherNodeFreesNoOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := restored(t, d, lightning.Succeeded)
		c.now, c.node.key = time.Unix(soldAt, 0).Add(-time.Hour), "03bb"
		r, err := audit.World(t.Context(), d, still{}, c.node, audit.Lately)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := keep(t.Context(), d, r); err != nil {
			t.Fatal(err)
		}
		g := c.starts(still{}, c.node)
		c.drops(g, "order.may-be-made")
		c.is(paymentorder.Held, 49_000, 51_000)
	})
}

// toAddress makes the order one on the chain.
func (c *copied) toAddress() {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		_, err := tx.ExecContext(c.Context(), `UPDATE payment_order SET invoice = '', payment_hash = NULL, to_address = 'bcrt1qsomebody' WHERE id = $1`, c.o.ID)
		return err
	})
}

// sender is a wallet that sent what the copy does not know.
type sender struct{ still }

func (sender) Sent(context.Context, string) ([]chain.Sent, error) {
	return []chain.Sent{{TxID: "aa11", Amount: 50_000, Confirmations: 3, At: soldAt + 60}}, nil
}

// The copy is five minutes old, and the clock of the machine that has it now is ten behind
// the one that wrote it: what was found is older than the order that it is about.
func TestAClockThatIsBehindFreesNoOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := restored(t, d, lightning.NotFound)
		c.toAddress()
		c.now = time.Unix(soldAt, 0).Add(-5 * time.Minute)
		g := &gateway{db: d, node: sender{}, lightning: c.node, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
		g.config.Audit.Every = time.Minute
		g.untilLooked(c.o.ID)
		if _, err := g.audit(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.drops(g, "order.may-be-made")
		c.is(paymentorder.Held, 49_000, 51_000)
	})
}
