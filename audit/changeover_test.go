package audit_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
)

// changedOver is a gateway whose operator went over to another Lightning node, with
// all that the first one held, and declared it.
func changedOver(t *testing.T, d *db.DB) *gateway {
	g := looked(t, d)
	for _, name := range []string{"ln in_flight", "ln stuck"} { // what was on its way has ended
		g.goes(name, g.prove(0))
		g.ln.is(name, lightning.Succeeded)
		g.ln.holds.Local -= 2_000_000
	}
	g.finds()
	g.peer = "03bb"
	g.ln.name, g.ln.paid, g.ln.received = g.peer, nil, nil
	g.finds(same)
	g.declare("node:" + g.peer)
	g.finds()
	return g
}

// A sum is short for a moment, and the look after it is of everything: what the first
// node made and received is not asked of the one that followed it.
func TestANodeIsAskedForNothingOfTheOneBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := changedOver(t, d)
		was := g.on.holds
		g.on.holds = 0
		g.finds(owed)
		g.on.holds = was
		g.finds()
		g.finds()
	})
}

// What the second node makes and receives is compared as ever, and what began at the
// first one explains nothing of it.
func TestWhatFollowsAChangeoverIsCompared(t *testing.T) {
	const second = "second"
	makes := func(g *gateway, name string) {
		g.ln.paid = append(g.ln.paid, lightning.Outcome{Hash: secret(name).Hash(), State: lightning.Succeeded, Amount: 2_000_000, Begun: time.Unix(now+100, 0)})
		g.ln.holds.Local -= 2_000_000
	}
	ordered := func(g *gateway) { g.town.pays(second, nil, g.confirm, g.begin, g.prove(0)) }
	booked := func(g *gateway) { g.receive(g.invoice(second, g.bob), 4_000_000, 1) }
	received := func(g *gateway, name string, index uint64) { g.ln.receives(name, 4_000_000, index) }
	for name, tt := range map[string]struct {
		does  func(g *gateway)
		found []string
	}{
		"a payment that it knows":             {func(g *gateway) { ordered(g); makes(g, second) }, nil},
		"a payment that it does not know":     {ordered, []string{"a payment that is done was made"}},
		"a payment for an order of the first": {func(g *gateway) { makes(g, "ln done") }, []string{paid}},
		"a payment that the first gave back":  {func(g *gateway) { makes(g, "ln failed") }, []string{paid}},
		"a receipt that it knows":             {func(g *gateway) { booked(g); received(g, second, 1) }, nil},
		"a receipt that it does not know":     {func(g *gateway) { booked(g) }, []string{"what is credited was paid"}},
		"a receipt that will be booked next":  {func(g *gateway) { received(g, "open", 1) }, nil},
		"a receipt that nobody booked, and later ones are": {func(g *gateway) {
			booked(g)
			received(g, second, 1)
			received(g, "open", 1)
		}, []string{"every receipt of a user is credited"}},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := changedOver(t, d)
				g.on.holds += amount.BTC // of the operator
				tt.does(g)
				r, err := audit.World(t.Context(), d, g.on, g.ln, audit.Everything)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, f := range r.Findings {
					got = append(got, f.Rule)
				}
				if !slices.Equal(got, tt.found) {
					t.Errorf("found %q, want %q", r.Findings, tt.found)
				}
			})
		})
	}
}

// A wallet was declared that has nothing of what users own. No coin of theirs is missing
// in it, for none came to it; the sum is, and no payment begins.
func TestAWalletWithoutTheCoinsIsFoundByTheSum(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.addr = "bcrt1qann"
		g.tx(func(ctx context.Context, tx *db.Tx) error {
			return deposit.AddAddress(ctx, tx, g.ann.ID, g.addr, "", now)
		})
		g.town.coin(3, 5_000)
		g.town.order("in a block", "bcrt1qout", g.confirm, g.store, g.send, g.mine)
		g.on.holds += 5_000*amount.Sat - 1150*amount.Sat
		g.finds()
		g.on.keys, g.on.empty, g.on.holds = []string{"other"}, true, 0
		g.finds(same)
		g.declare("wallet:other")
		g.finds(owed)
		g.finds(owed)
		var has amount.Msat
		g.tx(func(ctx context.Context, tx *db.Tx) error {
			return tx.GetContext(ctx, &has, `SELECT CAST(SUM(amount) AS BIGINT) FROM coin WHERE state = 'credited'`)
		})
		if has < 5_000*amount.Sat {
			t.Errorf("%d msat are credited", has)
		}
		g.on.holds = amount.BTC // they were brought there
		g.finds()
	})
}

// What was configured by mistake is over when it is corrected. Who declared a changeover
// meant that one: the same node by mistake, later, stops payments again.
func TestAnotherNodeIsOverWhenTheKnownOneIsBack(t *testing.T) {
	for name, tt := range map[string]struct {
		is  func(g *gateway, key string)
		ref string
	}{
		"the wallet": {func(g *gateway, key string) { g.on.keys = []string{key} }, "wallet:"},
		"the Lightning node": {func(g *gateway, key string) {
			if g.ln.name = key; key == "key" {
				g.ln.name = first
			}
			g.ln.paid, g.ln.received = nil, nil
		}, "node:"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := looked(t, d)
				on, ln := g.on, g.ln
				back := func() { g.on, g.ln = on, ln }
				for range 2 {
					tt.is(g, "other")
					g.finds(same)
					back()
					g.finds()
				}
				tt.is(g, "other")
				g.finds(same)
				g.declare(tt.ref + "other")
				passes := func() { // of what else is found there, nothing here
					t.Helper()
					r, err := audit.World(t.Context(), d, g.on, g.ln, audit.Lately)
					if err != nil {
						t.Fatal(err)
					}
					g.keep(r)
					for _, f := range r.Findings {
						if f.Rule == same {
							t.Errorf("declared, and found %q", f)
						}
					}
				}
				passes()
				passes()
				back()
				r := finding(g)
				if tt.ref == "node:" {
					g.declare(tt.ref + first)
				} else {
					g.declare(tt.ref + "key")
				}
				passes()
				tt.is(g, "other")
				if again := finding(g); r != same || again != same {
					t.Errorf("back it found %q, and there again %q", r, again)
				}
			})
		})
	}
}

// finding is the rule of the nodes, if a look finds it, which is kept.
func finding(g *gateway) string {
	g.t.Helper()
	r, err := audit.World(g.t.Context(), g.d, g.on, g.ln, audit.Lately)
	if err != nil {
		g.t.Fatal(err)
	}
	g.keep(r)
	for _, f := range r.Findings {
		if f.Rule == same {
			return same
		}
	}
	return ""
}

// A changeover of both is declared one after the other: the first word holds until a
// look has seen both.
func TestBothAreChangedOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.on.keys, g.ln.name, g.ln.paid, g.ln.received = []string{"other"}, "03bb", nil, nil
		for _, ref := range []string{"wallet:other", "node:03bb"} {
			g.finds(same)
			g.declare(ref)
		}
		if got := finding(g); got != "" {
			t.Errorf("both are declared, and found %q", got)
		}
	})
}
