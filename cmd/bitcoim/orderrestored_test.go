package main

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// still is a wallet on the chain with which nothing happens.
type still struct{ chain.Node }

func (still) Info(context.Context) (chain.Info, error)           { return chain.Info{Synced: true}, nil }
func (still) Keys(context.Context) ([]string, error)             { return []string{"key"}, nil }
func (still) Sent(context.Context, string) ([]chain.Sent, error) { return nil, nil }
func (still) Since(context.Context, string) (chain.Receipts, error) {
	return chain.Receipts{}, nil
}
func (still) Balance(context.Context) (chain.Balance, error) {
	return chain.Balance{Confirmed: 1_000_000}, nil
}

// payer is a Lightning node that made one payment, or none.
type payer struct {
	says
	calls int
}

func (p *payer) Find(_ context.Context, h lightning.Hash) (lightning.Outcome, error) {
	if p.out.Hash != h {
		return lightning.Outcome{Hash: h}, nil
	}
	return p.out, nil
}

// Decode reads an invoice that can still be paid.
func (p *payer) Decode(context.Context, string) (lightning.Invoice, error) {
	return lightning.Invoice{Expires: time.Unix(soldAt, 0).Add(30 * 24 * time.Hour)}, nil
}

func (p *payer) Paid(_ context.Context, from uint64, _ int) ([]lightning.Outcome, uint64, error) {
	if p.out.State == lightning.NotFound || from >= p.out.Attempt {
		return nil, from, nil
	}
	return []lightning.Outcome{p.out}, p.out.Attempt, nil
}

func (p *payer) Received(_ context.Context, from uint64, _ int) ([]lightning.Receipt, uint64, error) {
	return nil, from, nil
}

func (p *payer) Balance(context.Context) (lightning.Balance, error) { return lightning.Balance{}, nil }

func (p *payer) Pay(context.Context, lightning.Payment) (lightning.Outcome, error) {
	p.calls++
	return p.out, nil
}

// copied is a sale on books that were restored from a copy: the node paid since.
type copied struct {
	*sale
	node *payer
	log  bytes.Buffer
	now  time.Time
}

// restored is a copy with an order that is confirmed and has not begun, of which the
// node says that it is in a state.
func restored(t *testing.T, d *db.DB, state lightning.State) *copied {
	t.Helper()
	c := &copied{sale: sell(t, d, inPerson), node: &payer{says: says{key: "02aa"}}, now: time.Unix(soldAt, 0)}
	d.SetClock(func() time.Time { return c.now })
	c.finds() // before the copy was made
	c.node.out = lightning.Outcome{Hash: c.preimage.Hash(), State: state, Preimage: c.preimage, Amount: 50_000, Fee: 300, Attempt: 3,
		Begun: c.now.Add(time.Minute)}
	return c
}

// finds looks at everything, and wants nothing to stop payments but these facts.
func (c *copied) finds(want ...freeze.Reason) audit.Report {
	c.Helper()
	r, err := audit.World(c.Context(), c.DB, still{}, c.node, audit.Everything)
	if err != nil {
		c.Fatal(err)
	}
	if _, err := keep(c.Context(), c.DB, r); err != nil {
		c.Fatal(err)
	}
	c.stopped(want...)
	if len(r.Findings) != len(want) {
		c.Errorf("found %+v, want %q", r.Findings, want)
	}
	return r
}

// stopped wants payments to be stopped by these facts about the payment.
func (c *copied) stopped(want ...freeze.Reason) {
	c.Helper()
	all, err := freeze.Causes(c.Context(), c.Read())
	if err != nil || len(all) != len(want) {
		c.Fatalf("stopped by %+v (%v), want %q", all, err, want)
	}
	for i, r := range want {
		if all[i].Reason != r || all[i].Ref != c.o.Hash.String {
			c.Errorf("stopped by %+v, want %s", all[i], r)
		}
	}
}

func (c *copied) declare() {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		_, err := freeze.Acknowledge(c.Context(), tx, c.o.Hash.String, "me")
		return err
	})
}

// works lets a gateway look at the order, and wants so many errors in its log.
func (c *copied) works(errors int) {
	c.Helper()
	c.log.Reset()
	p := &worker.Invoices{DB: c.DB, Node: c.node, Clock: func() time.Time { return c.now }, Log: slog.New(slog.NewTextHandler(&c.log, nil)),
		Poll: time.Second, Wait: time.Second, Hands: make(chan struct{}, 1)}
	for range 3 {
		c.now = c.now.Add(time.Hour)
		if _, err := p.Step(c.Context()); err != nil {
			c.Error(err)
		}
		p.Rest()
	}
	if n := strings.Count(c.log.String(), "level=ERROR"); n != errors {
		c.Errorf("%d errors in the log, want %d:\n%s", n, errors, c.log.String())
	}
}

// release tries to give the money back, and wants a refusal with these words.
func (c *copied) release(checked bool, want string) {
	c.Helper()
	err := taken(c.Context(), c.DB, c.o.ID, func(ctx context.Context, o *paymentorder.Order) error {
		by := worker.Operator{DB: c.DB, Name: "me", Reason: "why", Checked: checked}
		return releaseAt(ctx, c.node, o, by)
	})
	if err == nil || !strings.Contains(err.Error(), want) {
		c.Errorf("got %v, want %q", err, want)
	}
}

// marksGo lets the next look ask for all payments again.
func (c *copied) marksGo() {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		ok, err := tx.One(c.Context(), `UPDATE node_cursor SET value = '0 ' WHERE name = 'look.paid'`)
		if err == nil && !ok {
			c.Error("there is no mark")
		}
		return err
	})
}

func (c *copied) book() {
	c.Helper()
	var out bytes.Buffer
	w := made{proof: c.preimage.Hex(), reason: "the copy is older"}
	if err := book(c.Context(), &program{out: &out, err: &out}, c.DB, c.node, c.o.ID, w); err != nil {
		c.Fatal(err)
	}
	c.is(paymentorder.Done, 100_000-50_300, 0)
}
