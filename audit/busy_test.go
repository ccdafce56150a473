package audit_test

import (
	"context"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// busy is a node at which something happens just before it answers, or just after.
type busy struct {
	before, after map[string]func()
}

func (b busy) around(question string) (after func()) {
	b.before[question]()
	return b.after[question]
}

type busyPeer struct {
	lightning.Node
	busy
}

func (b busyPeer) Received(ctx context.Context, from uint64, n int) ([]lightning.Receipt, uint64, error) {
	defer b.around("receipts")()
	return b.Node.Received(ctx, from, n)
}

func (b busyPeer) Balance(ctx context.Context) (lightning.Balance, error) {
	defer b.around("channels")()
	return b.Node.Balance(ctx)
}

type busyWallet struct {
	chain.Node
	busy
}

func (b busyWallet) Since(ctx context.Context, cursor string) (chain.Receipts, error) {
	defer b.around("coins")()
	return b.Node.Since(ctx, cursor)
}

func (b busyWallet) Balance(ctx context.Context) (chain.Balance, error) {
	defer b.around("wallet")()
	return b.Node.Balance(ctx)
}

// once does all of it the first time.
func once(g *gateway, all []func(*gateway)) func() {
	return sync.OnceFunc(func() {
		for _, do := range all {
			do(g)
		}
	})
}

// What is owed and what is there are asked one after the other, and payments end
// in between. That is no loss. A msat that is missing afterwards is one.
func TestABusyHourIsNoLoss(t *testing.T) {
	const (
		way   = "ln in_flight"
		order = 2_000_000
		sent  = 1_150_000 // with an order to an address, and its fee
	)
	made := func(g *gateway) { g.ln.is(way, lightning.Succeeded); g.ln.holds.Local -= order }
	booked := func(g *gateway) { g.goes(way, g.prove(0)) }
	leaves := func(g *gateway) {
		g.order("sent", "bcrt1qout", g.confirm, g.store, g.send)
		g.on.sent = []chain.Sent{{TxID: g.orders["sent"].TxID, Amount: sent, At: now}}
		g.on.holds -= sent
	}
	mined := func(g *gateway) {
		g.tx(func(ctx context.Context, tx *db.Tx) error {
			o, err := paymentorder.ByID(ctx, tx, g.orders["sent"].ID)
			if err != nil {
				return err
			}
			return g.mine(ctx, tx, o)
		})
	}
	// A channel of 9,000 sat opens, or closes.
	opens := func(g *gateway) { g.on.holds, g.ln.holds.Local = g.on.holds-9_000_000, g.ln.holds.Local+9_000_000 }
	closes := func(g *gateway) { g.on.holds, g.ln.holds.Local = g.on.holds+9_000_000, g.ln.holds.Local-9_000_000 }
	comes := func(g *gateway) {
		g.ln.receives("open", 1_000, 3)
		g.receive(secret("open").Hash(), 1_000, 3)
	}
	type doing = []func(*gateway)
	for name, happens := range map[string]map[string]doing{
		"made and booked while receipts are listed": {"receipts": {made, booked}},
		"made before, and booked meanwhile":         {"": {made}, "coins": {booked}},
		"made and not booked":                       {"receipts": {made}},
		"made before the channels are asked":        {"channels": {made}},
		"made and booked before the channels are":   {"channels": {made, booked}},
		"made before, booked after the channels":    {"receipts": {made}, "channels after": {booked}},
		"made after the channels were asked":        {"channels after": {made}},
		"sent before the wallet is asked":           {"wallet": {leaves}},
		"sent and mined before the wallet is asked": {"wallet": {leaves, mined}},
		"sent and listed before, mined meanwhile":   {"": {leaves}, "coins": {mined}},
		"sent, and mined after the wallet was":      {"coins": {leaves}, "wallet after": {mined}},
		"received and booked while coins are":       {"coins": {comes}},
		"received and booked after the channels":    {"channels after": {comes}},
		"one after the other":                       {"coins": {leaves}, "receipts": {made, booked, comes}, "wallet": {mined}},
		"a channel opens before it is asked":        {"channels": {opens}},
		"a channel opens after it was":              {"channels after": {opens}},
		"a channel closes before it is asked":       {"channels": {closes}},
		"a channel closes after it was":             {"channels after": {closes}},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := looked(t, d)
				g.ln.holds.Local -= operator // who has nothing of his own
				for _, do := range happens[""] {
					do(g)
				}
				hook := busy{map[string]func(){}, map[string]func(){}}
				for _, question := range []string{"coins", "receipts", "wallet", "channels"} {
					hook.before[question] = once(g, happens[question])
					hook.after[question] = once(g, happens[question+" after"])
				}
				r, err := audit.World(t.Context(), d, busyWallet{&g.on, hook}, busyPeer{&g.ln, hook}, audit.Lately)
				if err != nil || len(r.Findings) > 0 {
					t.Errorf("nothing is missing, and payments stop: %+v (%v)", r.Findings, err)
				}
				for _, missing := range []amount.Msat{0, 1} {
					g.on.holds -= missing
					r, err := audit.World(t.Context(), d, &g.on, &g.ln, audit.Lately)
					if err != nil || len(r.Findings) != int(missing) || r.Surplus != -missing {
						t.Errorf("%d are missing, in the quiet after it: surplus %d, found %+v (%v)", missing, r.Surplus, r.Findings, err)
					} else if missing > 0 && r.Findings[0].What != "0.001 sat are missing" {
						t.Errorf("it says %q", r.Findings[0].What)
					}
				}
			})
		})
	}
}
