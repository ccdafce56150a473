package main

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// reorganised is a wallet that sent what the copy does not know, whose chain does not have
// the block any more at which the copy ends.
type reorganised struct {
	sender
	signed *int
}

func (n reorganised) Sent(ctx context.Context, cursor string) ([]chain.Sent, error) {
	if cursor != "" {
		return nil, chain.ErrOtherPast
	}
	return n.sender.Sent(ctx, cursor)
}

func (reorganised) Since(context.Context, string) (chain.Receipts, error) {
	return chain.Receipts{Cursor: "stale"}, nil
}

func (n reorganised) Prepare(context.Context, []chain.Output, chain.FeeRate, amount.Msat) (chain.Prepared, error) {
	*n.signed++
	return chain.Prepared{TxID: "bb22", Raw: []byte{1}, Fee: 1000}, nil
}
func (reorganised) Hold(context.Context, chain.Prepared) error      { return nil }
func (reorganised) Release(context.Context, chain.Prepared) error   { return nil }
func (reorganised) Broadcast(context.Context, chain.Prepared) error { return nil }

// The books are a copy, and the block at which it ends has left the chain since. The look
// ends there and compares nothing. The operator declares it, as the audit says. Until the
// next look, nobody has compared what the wallet sent with the copy: nothing is sent, and
// nothing is given back.
func TestALookThatEndedBeforeItComparedLetsNothingGo(t *testing.T) {
	for name, act := range map[string]func(c *copied, g *gateway, n reorganised){
		"a worker pays once more": func(c *copied, g *gateway, n reorganised) {
			p := &worker.Pay{DB: c.DB, Chain: n, Clock: func() time.Time { return c.now }, Log: g.log, Poll: time.Second, Final: 6, Frozen: &g.frozen, Wake: func() {}}
			for range 2 {
				_, _ = p.Step(c.Context()) // which waits
			}
			if *n.signed > 0 {
				c.Error("the order was signed and sent, and nobody has looked whether it was sent before")
			}
		},
		"its payer drops it": func(c *copied, g *gateway, _ reorganised) { c.drops(g, "order.may-be-made") },
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c := restored(t, d, lightning.NotFound)
				c.toAddress()
				n := reorganised{signed: new(int)}
				c.do(func(tx *db.Tx) error {
					_, err := tx.ExecContext(t.Context(), `UPDATE node_cursor SET value = 'stale' WHERE name = 'look.chain'`)
					return err
				})
				c.now = c.now.Add(24 * time.Hour)
				g := &gateway{db: d, node: n, lightning: c.node, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
				g.config.Audit.Every = time.Minute
				g.untilLooked(c.o.ID)
				if _, err := g.audit(t.Context()); err != nil {
					t.Fatal(err)
				}
				all, err := freeze.Causes(t.Context(), d.Read())
				if err != nil || len(all) != 1 || all[0].Reason != freeze.Restored {
					t.Fatalf("%+v %v", all, err)
				}
				c.do(func(tx *db.Tx) error { _, err := freeze.Acknowledge(t.Context(), tx, all[0].Ref, "me"); return err })
				act(c, g, n)
				c.is(paymentorder.Held, 49_000, 51_000)
			})
		})
	}
}

// restless is a wallet that sent what the copy does not know, and would send more.
type restless struct{ reorganised }

func (n restless) Sent(ctx context.Context, cursor string) ([]chain.Sent, error) {
	return n.sender.Sent(ctx, cursor)
}

// After a disaster the books are a copy, and the Lightning node is a new one. The look ends
// at that, before it compares what the wallet sent. The operator declares the node, as he
// moved there. What is held to an address was sent before, and is not sent again.
func TestADeclaredLightningNodeSendsNothingOfACopyTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := restored(t, d, lightning.NotFound)
		c.toAddress()
		n := restless{reorganised{signed: new(int)}}
		c.now, c.node.key = c.now.Add(24*time.Hour), "03bb"
		g := &gateway{db: d, node: n, lightning: c.node, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
		g.config.Audit.Every = time.Minute
		g.untilLooked(c.o.ID)
		if _, err := g.audit(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.do(func(tx *db.Tx) error { _, err := freeze.Acknowledge(t.Context(), tx, "node:03bb", "me"); return err })
		p := &worker.Pay{DB: d, Chain: n, Clock: func() time.Time { return c.now }, Log: g.log, Poll: time.Second, Final: 6, Frozen: &g.frozen, Wake: func() {}}
		for range 2 {
			_, _ = p.Step(t.Context()) // which waits
		}
		if *n.signed > 0 {
			t.Error("the order was signed and sent, and nobody has looked whether it was sent before")
		}
		g.looks.next = time.Time{}
		if _, err := g.audit(t.Context()); err != nil {
			t.Fatal(err)
		}
		all, err := freeze.Causes(t.Context(), d.Read())
		if err != nil || len(all) != 1 || all[0].Reason != freeze.Spent {
			t.Errorf("the next look finds %+v (%v)", all, err)
		}
	})
}

func (restless) Tx(context.Context, string) (chain.TxStatus, error) {
	return chain.TxStatus{State: chain.Mempool}, nil
}
