package audit_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
)

func TestWhatOnlyTheNodesKnowStopsPayments(t *testing.T) {
	payment := func(name string, s lightning.State) lightning.Outcome {
		return lightning.Outcome{Hash: secret(name).Hash(), State: s, Amount: 1000}
	}
	tx := chain.Sent{TxID: fmt.Sprintf("%064x", 99), Amount: 5_000_000, At: now + 100}
	for name, tt := range map[string]struct {
		does  func(g *gateway) (ref string) // "" if it is none of the books' business
		found string
	}{
		"a transaction that waits": {func(g *gateway) string { g.on.sent = []chain.Sent{tx}; return tx.TxID }, spent},
		"a transaction that the node meets only in a block": {func(g *gateway) string {
			tx := tx
			tx.Confirmations = 3
			g.on.sent = []chain.Sent{tx}
			return tx.TxID
		}, spent},
		"a transaction of the wallet to itself, or of its channels": {func(g *gateway) string {
			tx := tx
			tx.Inside = true
			g.on.sent = []chain.Sent{tx}
			return ""
		}, ""},
		"a payment that nobody ordered":               {func(g *gateway) string { return g.pays(payment("nobody's", lightning.Succeeded)) }, paid},
		"a payment that nobody ordered, under way":    {func(g *gateway) string { return g.pays(payment("nobody's", lightning.InFlight)) }, paid},
		"a payment that nobody ordered, and failed":   {func(g *gateway) string { g.pays(payment("nobody's", lightning.Failed)); return "" }, ""},
		"a payment whose order waits for its code":    {func(g *gateway) string { return g.pays(payment("ln new", lightning.Succeeded)) }, paid},
		"a payment whose order was cancelled":         {func(g *gateway) string { return g.pays(payment("ln cancelled", lightning.Succeeded)) }, paid},
		"a payment whose order is held, so not begun": {func(g *gateway) string { return g.pays(payment("ln held", lightning.Succeeded)) }, paid},
		"a payment whose order failed":                {func(g *gateway) string { return g.pays(payment("ln refused", lightning.Succeeded)) }, given},
		"a payment whose order failed, and it failed just now": {func(g *gateway) string {
			g.pays(payment("ln refused", lightning.Failed))
			return ""
		}, ""},
		"a payment whose order is under way": {func(g *gateway) string {
			g.pays(payment("ln sending", lightning.InFlight))
			return ""
		}, ""},
		"a payment of the node to itself": {func(g *gateway) string {
			o := payment("around", lightning.Succeeded)
			o.Self = true
			g.pays(o)
			return ""
		}, ""},
		"another wallet":            {func(g *gateway) string { g.on.keys = []string{"other"}; return "wallet:other" }, same},
		"the wallet with more keys": {func(g *gateway) string { g.on.keys = []string{"new", "key"}; return "" }, ""},
		"another Lightning node": {func(g *gateway) string {
			g.ln.name, g.ln.paid, g.ln.received = "03bb", nil, nil
			return "node:03bb"
		}, same},
		"a chain that was set back": {func(g *gateway) string { g.on.forgot = true; return "chain:7" }, remember},
		"a Lightning node that was set back": {func(g *gateway) string {
			last := g.ln.paid[len(g.ln.paid)-1]
			g.ln.paid = slices.Clone(g.ln.paid[:len(g.ln.paid)-1])
			return fmt.Sprintf("payments:6:%.8s", last.Hash.String())
		}, remember},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := looked(t, d)
				ref := tt.does(g)
				if tt.found == "" {
					g.finds()
					return
				}
				g.finds(tt.found)
				g.finds(tt.found) // and again, once
				all, err := freeze.Causes(t.Context(), d.Read())
				if err != nil || len(all) != 1 || all[0].Ref != ref {
					t.Fatalf("stopped by %+v (%v), want %s", all, err, ref)
				}
				g.declare(ref)
				if tt.found == remember && ref != "chain:7" {
					return // what it did not forget is missing for good
				}
				g.finds()
				g.finds()
			})
		})
	}
}

// A gateway that is new to a node asks nobody about the node's past.
func TestTheTimeBeforeTheFirstLookIsNobodysBusiness(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &town{t: t, d: d}
		g := &gateway{town: w, on: past{asked: new(int), sent: []chain.Sent{{TxID: "a", At: now}, {TxID: "b", At: now, Confirmations: 1000}}}, ln: peer{name: first}}
		g.ln.paid = []lightning.Outcome{{Hash: secret("old").Hash(), State: lightning.Succeeded}}
		g.finds()
		g.finds() // those that the next look lists again
		g.on.sent = append(g.on.sent, chain.Sent{TxID: "c", At: now})
		g.finds(spent)
	})
}

// An order that waits since before the first look may have been paid by the
// gateway whose copy this is.
func TestACopyFromBeforeTheFirstLookIsAskedAbout(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := lightningTown(t, d)
		on, ln := honest()
		g := &gateway{town: w, on: past{wallet: on, asked: new(int)}, ln: peer{ln, first}}
		g.on.sent = []chain.Sent{{TxID: "older", At: 1}, {TxID: "younger", At: now + 5}}
		g.finds(spent)
	})
}

// What clears itself is over when the next look, which is of everything, finds it no
// more, and not when somebody says so.
func TestASumThatIsRightAgainIsOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		was := g.on.holds
		g.on.holds = 0
		const missing = "wallet and channels hold what users are owed"
		g.finds(missing)
		r, err := audit.Ledger(t.Context(), d, audit.Everything)
		if err != nil || len(r.Findings) != 1 || r.Findings[0].Rule != missing {
			t.Errorf("an audit of the books alone says %+v (%v)", r.Findings, err)
		}
		g.keep(r) // which has not looked at the nodes
		if on, err := freeze.Stopped(t.Context(), d.Read()); err != nil || !on {
			t.Errorf("payments are stopped: %v (%v)", on, err)
		}
		g.on.holds = was
		g.finds()
	})
}

// An order that has not begun, or waits for its code, may be the one that was paid, by books
// that are newer. It is named; one that is over is not.
func TestAPaymentNamesTheOrderThatMayBeIts(t *testing.T) {
	for order, named := range map[string]bool{"ln held": true, "ln new": true, "ln cancelled": false} {
		t.Run(order, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := looked(t, d)
				g.pays(lightning.Outcome{Hash: secret(order).Hash(), State: lightning.Succeeded, Amount: 1000})
				want := "no order did it"
				if named {
					want = fmt.Sprintf("order %d, of 2 000 sat, did not do it", g.orders[order].ID)
				}
				if r := g.finds(paid); len(r.Findings) == 1 && !strings.Contains(r.Findings[0].What, want) {
					t.Errorf("found %q, want %q", r.Findings[0].What, want)
				}
			})
		})
	}
}

// The operator went over to another node, which made a payment for the hash of an order that
// the first one made. The first one's order does not explain it.
func TestTheOrderOfAnotherNodeExplainsNoPayment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.ln.name, g.ln.received = "03bb", nil
		g.ln.paid = slices.DeleteFunc(slices.Clone(g.ln.paid), func(o lightning.Outcome) bool { return o.Hash != secret("ln done").Hash() })
		g.finds(same)
		g.declare("node:03bb")
		g.finds(paid)
		g.finds(paid)
	})
}

// An error of a node is no finding and no look: nothing of it is kept.
func TestAnErrorIsNoLook(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.on.sent = []chain.Sent{{TxID: "unknown", At: now + 100}}
		g.on.err = chain.ErrUnreachable
		r, err := audit.World(t.Context(), d, g.on, g.ln, audit.Lately)
		if !errors.Is(err, chain.ErrUnreachable) || len(r.Findings) != 0 {
			t.Errorf("got %+v (%v)", r.Findings, err)
		}
		g.keep(r)
		g.on.err = nil
		g.finds(spent)
	})
}

// A payment of another amount than that of its order is found, however much the
// operator has in the channels beside it.
func TestThePaidAmountIsThatOfTheOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.ln.change("ln done", nil, func(o *lightning.Outcome) { o.Amount *= 10 })
		g.ln.holds.Local -= 9 * 2_000_000
		for _, of := range []audit.Scope{audit.Lately, audit.Everything} {
			r, err := audit.World(t.Context(), d, g.on, g.ln, of)
			if err != nil || len(r.Findings) != 1 {
				t.Errorf("everything %v: found %+v (%v)", of, r.Findings, err)
			}
		}
	})
}

// What the node paid for the hash of an order that is done, and not for that
// order, was paid for none.
func TestADoneOrderExplainsOnlyItsOwnPayment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.ln.paid = append(g.ln.paid, lightning.Outcome{Hash: secret("ln done").Hash(), State: lightning.Succeeded, Amount: 7_000, Begun: time.Unix(now+100, 0)})
		g.ln.holds.Local -= 7_000
		r, err := audit.World(t.Context(), d, g.on, g.ln, audit.Lately)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(r.Findings, func(f ledger.Finding) bool { return f.Rule == "the books know what the Lightning node paid" }) {
			t.Errorf("found %+v", r.Findings)
		}
	})
}
