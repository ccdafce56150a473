package audit_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
)

// disagrees is what a Lightning node may say of payments and receipts that is not so by
// the books: one of each, by the fact that is found.
var disagrees = map[freeze.Reason]func(c *channels){
	freeze.Uncredited:  func(c *channels) { c.receives("open", 1_000, 2) },
	freeze.Miscredited: func(c *channels) { c.change("came for a msat", func(r *lightning.Receipt) { r.Amount++ }, nil) },
	freeze.Unreceived:  func(c *channels) { c.forget("came") },
	freeze.Unmade:      func(c *channels) { c.forget("ln done") },
	freeze.Earlier: func(c *channels) {
		c.change("ln stuck", nil, func(o *lightning.Outcome) { o.State, o.Amount = lightning.Succeeded, 1_000_000 })
	},
}

// asks looks once, keeps what is seen, and wants each of these facts to stop payments
// then, or none. What does is among the findings.
func (g *gateway) asks(when string, ln lightning.Node, stop bool, reasons ...freeze.Reason) {
	g.t.Helper()
	r, all := g.seen(ln, audit.Lately)
	if len(r.Findings) < len(all) {
		g.t.Errorf("%s: stopped by %+v, found %+v", when, all, r.Findings)
	}
	for _, reason := range reasons {
		if slices.ContainsFunc(all, func(c freeze.Cause) bool { return c.Reason == reason }) != stop {
			g.t.Errorf("%s: stopped by %+v; %s is to be among them: %v", when, all, reason, stop)
		}
	}
}

// What was found of a Lightning node is over when that node says otherwise. Nobody else
// ends it: neither a look that asks none, for Lightning is out of the configuration, nor
// one that asks a node without a key (a wallet elsewhere), nor one to which the operator
// went over. It would never be found again.
func TestWhoIsNotAskedEndsNothing(t *testing.T) {
	reasons := slices.Sorted(maps.Keys(disagrees))
	for name, meanwhile := range map[string]func(g *gateway, holds lightning.Balance){
		"no node": func(g *gateway, _ lightning.Balance) { g.asks("no node", nil, true, reasons...) },
		"a node without a key": func(g *gateway, holds lightning.Balance) {
			g.asks("a node without a key", peer{channels{holds: holds}, ""}, true, reasons...)
		},
		"a changeover": func(g *gateway, holds lightning.Balance) {
			next := peer{channels{holds: holds}, "03bb"}
			g.asks("another node", next, true, reasons...)
			g.declare("node:03bb")
			g.asks("it is declared", next, true, reasons...)
			g.asks("the look after", next, true, reasons...)
			g.asks("the first one is back", g.ln, true, freeze.OtherNode)
			g.declare("node:" + first)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := looked(t, d)
				g.on.holds += amount.BTC // no sum is short
				_, wrong := honest()
				for _, says := range disagrees {
					says(&wrong)
				}
				r, err := audit.World(t.Context(), d, g.on, peer{wrong, first}, audit.Everything)
				if err != nil {
					t.Fatal(err)
				}
				g.keep(r)
				g.asks("found", peer{wrong, first}, true, reasons...)
				meanwhile(g, wrong.holds)
				for range 3 {
					g.asks("the node says the same", peer{wrong, first}, true, reasons...)
				}
				g.asks("the node says what is on the books", g.ln, false, reasons...)
			})
		})
	}
}

// The sum was short with what the channels hold. A look that does not ask for them ends
// that only if the wallet alone has what users are owed.
func TestASumIsNotRightAgainWithoutTheChannels(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.receive(g.invoice("more", g.bob), 90_000_000, 3)
		g.ln.receives("more", 90_000_000, 3)
		has := g.ln.holds.Local + 90_000_000
		g.ln.holds.Local = 0
		g.asks("the channels are empty", g.ln, true, freeze.Balance)
		g.asks("nobody asks for the channels", nil, true, freeze.Balance)
		g.on.holds += 90_000_000 + came
		g.asks("the wallet has all", nil, false, freeze.Balance)
		g.on.holds -= 90_000_000 + came
		g.asks("it is short again", g.ln, true, freeze.Balance)
		g.ln.holds.Local = has
		g.asks("the channels have it", g.ln, false, freeze.Balance)
	})
}

// A payment in a block, and a credited coin, are missed in the wallet that had them.
// Another wallet, that the operator declared, has never heard of them, and ends nothing.
func TestAnotherWalletEndsNothingThatWasFoundOfTheFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.on.holds += amount.BTC
		g.town.order("in a block", "bcrt1qout", g.confirm, g.store, g.send, g.mine, g.bury)
		g.addr = "bcrt1qann"
		g.tx(func(ctx context.Context, tx *db.Tx) error {
			return deposit.AddAddress(ctx, tx, g.ann.ID, g.addr, "", now)
		})
		g.town.coin(3, 5_000)
		asks := func(when string, stop bool) {
			t.Helper()
			g.asks(when, g.ln, stop, freeze.Unmined, freeze.Unburied)
		}
		asks("the wallet has them", false)
		g.on.empty = true
		asks("the wallet lacks them", true)
		g.on.keys = []string{"other"}
		asks("another wallet", true)
		g.declare("wallet:other")
		asks("it is declared", true)
		asks("the look after", true)
		g.on.keys = nil
		asks("the first one is back", true)
		g.declare("wallet:key")
		asks("it says the same", true)
		g.on.empty = false
		asks("it has them again", false)
	})
}

// A credited coin that is in no block has a name, and an operator who knows better
// declares that one.
func TestACoinThatIsInNoBlockIsDeclaredByItsName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.on.holds += amount.BTC
		g.addr = "bcrt1qann"
		g.tx(func(ctx context.Context, tx *db.Tx) error {
			return deposit.AddAddress(ctx, tx, g.ann.ID, g.addr, "", now)
		})
		coin := g.town.coin(3, 5_000)
		g.on.empty = true
		g.finds("a credited coin is in the best chain")
		g.declare(fmt.Sprintf("%s:%d", coin.TxID, coin.Vout))
		g.finds()
	})
}

// An order that is done explains what its own node paid, and not what another one paid for
// the same hash without an order.
func TestAnOrderExplainsNoPaymentOfAnotherNode(t *testing.T) {
	for node, stops := range map[string]bool{first: false, "03bb": true} {
		t.Run(node, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := looked(t, d)
				c := freeze.Cause{Ref: secret("ln done").Hash().String(), Reason: freeze.Paid, Node: node, What: "a test"}
				g.tx(func(ctx context.Context, tx *db.Tx) error { _, err := freeze.Payments(ctx, tx, c); return err })
				g.asks("the order is done", g.ln, stops, freeze.Paid)
			})
		})
	}
}
