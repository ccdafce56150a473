package audit_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/lightning"
)

// past is a wallet that sent something, and other keys when they are set.
type past struct {
	wallet
	sent   []chain.Sent
	forgot bool // the block of every cursor
	empty  bool // it knows no transaction
	keys   []string
	err    error
	asked  *int // for single transactions
}

func (p past) Keys(context.Context) ([]string, error) {
	if p.keys != nil {
		return p.keys, nil
	}
	return p.wallet.Keys(context.Background())
}

func (p past) Since(context.Context, string) (chain.Receipts, error) {
	return chain.Receipts{Cursor: "7"}, p.err
}

func (p past) Sent(_ context.Context, cursor string) ([]chain.Sent, error) {
	if p.forgot && cursor != "" {
		return nil, chain.ErrOtherPast
	}
	sent := p.sent
	if cursor != "" { // which lies so deep
		sent = slices.DeleteFunc(slices.Clone(sent), func(s chain.Sent) bool { return s.Confirmations > chain.Overlap })
	}
	return sent, p.err
}

func (p past) Tx(context.Context, string) (chain.TxStatus, error) {
	*p.asked++
	if p.empty {
		return chain.TxStatus{}, nil
	}
	return chain.TxStatus{State: chain.Confirmed, Confirmations: 3}, nil
}

// peer is a Lightning node with a name.
type peer struct {
	channels
	name string
}

func (p peer) Info(context.Context) (lightning.Info, error) {
	return lightning.Info{PubKey: p.name, Synced: true}, nil
}

// gateway is a town whose gateway has looked at the nodes once.
type gateway struct {
	*town
	on past
	ln peer
}

func looked(t *testing.T, d *db.DB) *gateway {
	w := lightningTown(t, d)
	on, ln := honest()
	g := &gateway{town: w, on: past{wallet: on, asked: new(int)}, ln: peer{ln, first}}
	g.finds()
	return g
}

// seen looks at the nodes, this one for Lightning, and keeps what is seen. It returns
// what stops payments then.
func (g *gateway) seen(ln lightning.Node, of audit.Scope) (audit.Report, []freeze.Cause) {
	g.t.Helper()
	r, err := audit.World(g.t.Context(), g.d, g.on, ln, of)
	if err != nil {
		g.t.Fatal(err)
	}
	g.keep(r)
	all, err := freeze.Causes(g.t.Context(), g.d.Read())
	if err != nil {
		g.t.Fatal(err)
	}
	return r, all
}

// finds looks, keeps what is seen, and wants to have found these rules.
func (g *gateway) finds(want ...string) (r audit.Report) {
	g.t.Helper()
	r, _ = g.seen(g.ln, audit.Lately)
	var got []string
	for _, f := range r.Findings {
		got = append(got, f.Rule)
	}
	if !slices.Equal(got, want) {
		g.t.Errorf("found %q, want %q", r.Findings, want)
	}
	if on, err := freeze.Stopped(g.t.Context(), g.d.Read()); err != nil || on != (len(want) > 0) {
		g.t.Errorf("payments are stopped: %v (%v)", on, err)
	}
	return r
}

func (g *gateway) keep(r audit.Report) {
	g.t.Helper()
	g.tx(func(ctx context.Context, tx *db.Tx) error { _, err := r.Keep(ctx, tx); return err })
}

func (g *gateway) declare(ref string) {
	g.t.Helper()
	g.tx(func(ctx context.Context, tx *db.Tx) error {
		_, err := freeze.Acknowledge(ctx, tx, ref, "me")
		return err
	})
}

func (g *gateway) pays(o lightning.Outcome) string {
	o.Begun = time.Unix(now+100, 0)
	g.ln.paid = append(g.ln.paid, o)
	return o.Hash.String()
}

const (
	spent    = "the books know what the wallet sent"
	paid     = "the books know what the Lightning node paid"
	given    = "a payment that was given back was not made"
	same     = "the nodes are those that were looked at before"
	owed     = "wallet and channels hold what users are owed"
	remember = "the nodes have not forgotten what they showed before"
)
