package audit_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/cursor"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
)

// alone is a look of a gateway at the same database and wallet that has no Lightning.
func (g *gateway) alone(of audit.Scope) audit.Report {
	g.t.Helper()
	r, err := audit.World(g.t.Context(), g.d, g.on, nil, of)
	if err != nil {
		g.t.Fatal(err)
	}
	return r
}

// mark is the value of a cursor.
func (g *gateway) mark(name string) string {
	g.t.Helper()
	value, _, err := cursor.Find(g.t.Context(), g.d.Read(), name)
	if err != nil {
		g.t.Fatal(err)
	}
	return value
}

// credited gives ann a coin that is deep enough.
func (g *gateway) credited() {
	g.t.Helper()
	g.on.holds += amount.BTC // no sum is short
	g.addr = "bcrt1qann"
	g.tx(func(ctx context.Context, tx *db.Tx) error {
		return deposit.AddAddress(ctx, tx, g.ann.ID, g.addr, "", now)
	})
	g.town.coin(3, 5_000)
}

// ofLightning is what only a look at the Lightning node ends: how each is found of a node
// that is honest again at the next look.
var ofLightning = map[string]func(g *gateway) lightning.Node{
	"a payment that has an order by now": func(g *gateway) lightning.Node {
		c := freeze.Cause{Ref: secret("ln done").Hash().String(), Reason: freeze.Paid, Node: first, What: "a test"}
		g.tx(func(ctx context.Context, tx *db.Tx) error { _, err := freeze.Payments(ctx, tx, c); return err })
		return nil
	},
	"another node": func(g *gateway) lightning.Node { return peer{g.ln.channels, "03bb"} },
	"a sum": func(g *gateway) lightning.Node {
		g.receive(g.invoice("more", g.bob), 90_000_000, 3) // the wallet alone has not all
		g.ln.receives("more", 90_000_000, 3)
		return peer{channels{received: g.ln.received, paid: g.ln.paid}, first}
	},
	"its journal": func(g *gateway) lightning.Node {
		return doubtful{g.ln.channels, []lightning.Doubt{{What: "a test", Lost: true}}, nil}
	},
	"what it forgot": func(g *gateway) lightning.Node {
		c := channels{received: slices.Clone(g.ln.received), paid: slices.Clone(g.ln.paid), holds: g.ln.holds}
		for _, reason := range slices.Sorted(maps.Keys(disagrees)) {
			disagrees[reason](&c)
		}
		c.holds = g.ln.holds
		return peer{c, first}
	},
}

// Of three gateways one has no Lightning, that of another does not answer, and both look
// more often. The third one ends what only a look at Lightning ends, and its next look goes
// on from there.
func TestALookWithoutLightningOvertakesNoneAtIt(t *testing.T) {
	for what, finds := range ofLightning {
		t.Run(what, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := looked(t, d)
				g.tx(func(ctx context.Context, tx *db.Tx) error { // of an older version
					return cursor.Set(ctx, tx, "looks.nodes", "41", now)
				})
				if node := finds(g); node != nil {
					g.seen(node, audit.Everything)
				}
				g.stopped(true)
				g.pays(lightning.Outcome{Hash: secret("failed lately").Hash(), State: lightning.Failed})
				r := g.looks(audit.Lately)
				silent := g.ln
				silent.err = lightning.ErrUnreachable
				for range 3 {
					g.keep(g.alone(audit.Lately))
					books, err := audit.World(t.Context(), d, g.on, silent, audit.Lately)
					if !errors.Is(err, lightning.ErrUnreachable) {
						t.Fatal(err)
					}
					g.keep(books)
					g.stopped(true)
				}
				g.keep(r)
				g.stopped(false)
				if mark := g.mark("look.paid"); !strings.HasPrefix(mark, "7 ") {
					t.Errorf("the next look begins behind payment %q", mark)
				}
			})
		})
	}
}

// What the later of two looks found, at whichever nodes it looked, the earlier one has not
// seen, and does not end.
func TestAnEarlierLookEndsNothingThatALaterOneFoundAtANode(t *testing.T) {
	for name, tt := range map[string]struct {
		begins, wrong, right func(g *gateway)
		later                func(g *gateway) audit.Report
	}{
		"a coin, without Lightning": {(*gateway).credited, func(g *gateway) { g.on.empty = true }, func(g *gateway) { g.on.empty = false },
			func(g *gateway) audit.Report { return g.alone(audit.Lately) }},
		"a sum, without Lightning": {func(*gateway) {}, func(g *gateway) { g.on.holds -= amount.BTC }, func(g *gateway) { g.on.holds += amount.BTC },
			func(g *gateway) audit.Report { return g.alone(audit.Lately) }},
		"a payment, beside one without Lightning": {func(*gateway) {}, func(g *gateway) { g.ln.is("ln done", lightning.Failed) },
			func(g *gateway) { g.ln.is("ln done", lightning.Succeeded) },
			func(g *gateway) audit.Report {
				r := g.looks(audit.Lately)
				g.keep(g.alone(audit.Lately)) // so that it has the last word of Lightning only
				return r
			}},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := looked(t, d)
				tt.begins(g)
				tt.wrong(g)
				g.keep(g.looks(audit.Everything))
				g.stopped(true)
				tt.right(g)
				earlier := g.looks(audit.Lately)
				tt.wrong(g)
				g.keep(tt.later(g))
				g.keep(earlier)
				g.stopped(true)
				tt.right(g)
				g.keep(g.looks(audit.Lately))
				g.stopped(false)
			})
		})
	}
}

// One gateway of two has the address of another Lightning node. Its looks end there, and
// overtake that of the other gateway at neither node.
func TestALookThatDidNotEndOvertakesNoneAtEitherNode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.credited()
		g.on.empty = true
		g.ln.is("ln done", lightning.Failed)
		g.asks("both nodes disagree", g.ln, true, freeze.Unburied, freeze.Unmade)
		g.on.empty = false
		g.ln.is("ln done", lightning.Succeeded)
		r := g.looks(audit.Lately)
		wrong := *g
		wrong.ln.name = "03bb"
		g.keep(wrong.looks(audit.Lately))
		g.keep(r)
		all, err := freeze.Causes(t.Context(), d.Read())
		if err != nil || len(all) != 1 || all[0].Reason != freeze.OtherNode {
			t.Errorf("stopped by %+v (%v), want only another node", all, err)
		}
	})
}

// The wallet was another one, and is the known one again; meanwhile another Lightning node
// answers. The look ends there and ends nothing, and the report says all that stops payments.
func TestTheReportOfALookThatDidNotEndSaysWhatGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.on.keys = []string{"other"}
		g.finds(same)
		g.on.keys, g.ln.name = nil, "03bb"
		g.finds(same, same)
		all, err := freeze.Causes(t.Context(), d.Read())
		if err != nil || len(all) != 2 {
			t.Errorf("stopped by %+v (%v), want both nodes", all, err)
		}
		g.ln.name = first
		g.finds()
	})
}

// The operator goes over to another wallet and declares it, and a gateway without Lightning
// sees that. An earlier look at both nodes names the first wallet no more, and goes on at
// Lightning.
func TestAnEarlierLookAtBothNodesNamesNoWalletAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.pays(lightning.Outcome{Hash: secret("failed lately").Hash(), State: lightning.Failed})
		earlier := g.looks(audit.Lately)
		g.on.keys = []string{"other"}
		g.finds(same)
		g.declare("wallet:other")
		g.keep(g.alone(audit.Lately))
		g.keep(earlier)
		if keys, paid := g.mark(deposit.MarkKeys), g.mark("look.paid"); keys != "other" || !strings.HasPrefix(paid, "7 ") {
			t.Errorf("the wallet is %q, and the next look begins behind payment %q", keys, paid)
		}
		g.finds()
	})
}

// A look that saw a wallet which was declared, and was overtaken, does not name it. So what
// was declared holds until one does.
func TestADeclaredWalletHoldsUntilALookNamesIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		back := g.alone(audit.Lately)
		g.on.keys = []string{"other"}
		g.finds(same)
		g.declare("wallet:other")
		sees := g.looks(audit.Lately)
		g.keep(back) // of the first wallet
		g.keep(sees)
		g.finds()
	})
}

// Two begin the first look of all. What left the wallet after the one that was kept had
// listed it, the other one does not take for what nobody has to explain.
func TestWhatLeftAfterTheFirstLookIsFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := &gateway{town: &town{t: t, d: d}, on: past{asked: new(int)}, ln: peer{name: first}}
		kept := g.alone(audit.Lately)
		g.on.sent = []chain.Sent{{TxID: fmt.Sprintf("%064x", 99), At: now}}
		other := g.looks(audit.Lately)
		g.keep(kept)
		g.keep(other)
		g.finds(spent)
	})
}
