package audit_test

import (
	"fmt"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
)

// declares looks at the nodes, and declares whatever can be declared, a few times. It
// returns what stops payments then.
func (g *gateway) declares() (all []freeze.Cause) {
	g.t.Helper()
	for range 4 {
		_, all = g.seen(g.ln, audit.Lately)
		for _, c := range all {
			if c.Declarable() {
				g.declare(c.Ref)
			}
		}
	}
	return all
}

// LND came back from its seed: the same key, all coins, and no payment and no receipt.
// When that is declared, payments go on, and what it receives from then on is compared.
func TestANodeFromItsSeedStopsPaymentsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		for _, name := range []string{"ln in_flight", "ln stuck"} { // what was on its way has ended
			g.goes(name, g.prove(0))
			g.ln.is(name, lightning.Succeeded)
			g.ln.holds.Local -= 2_000_000
		}
		g.finds()
		g.on.holds += amount.BTC // no sum is short
		g.ln.paid, g.ln.received = nil, nil
		if all := g.declares(); len(all) > 0 {
			t.Fatalf("stopped by %+v", all)
		}
		g.ln.receives("open", 4_000_000, 1) // below the cursor that there was
		g.sees("", g.ln)
		g.forgot = 1
		g.receive(secret("open").Hash(), 4_000_000, 1)
		g.receive(g.invoice("next", g.bob), 4_000_000, 2)
		g.ln.receives("next", 4_000_000, 2)
		g.sees("", g.ln)
		g.ln.forget("open")
		g.sees(secret("open").Hash().String(), g.ln)
	})
}

// What LND made before it came back from its seed, it can not show. That is not missed
// once it is declared, neither of what is just done nor of all; what it makes from then
// on is.
func TestANodeFromItsSeedIsNotAskedForWhatItForgot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		for _, name := range []string{"ln in_flight", "ln stuck"} { // what was on its way has ended
			g.goes(name, g.prove(0))
			g.ln.holds.Local -= 2_000_000
		}
		g.on.holds += amount.BTC // no sum is short
		g.ln.paid, g.ln.received = nil, nil
		g.forgets()
		g.finds()
		g.sees("", g.ln)
		g.later = 1
		g.town.pays("begun in the new life", nil, g.confirm, g.begin, g.prove(0))
		g.sees(secret("begun in the new life").Hash().String(), g.ln)
	})
}

// forgets looks at the nodes, and declares that they have forgotten what they showed, and
// nothing else.
func (g *gateway) forgets() {
	g.t.Helper()
	for range 3 {
		_, all := g.seen(g.ln, audit.Lately)
		for _, c := range all {
			if c.Reason == freeze.Restored {
				g.declare(c.Ref)
			}
		}
	}
}

// A node that made no payment, or kept them, and has forgotten its receipts is one that
// was set back: it would credit nothing until it had received as many again.
func TestANodeThatForgotItsReceiptsStopsPayments(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		ref := fmt.Sprintf("receipts:2:%.8s", secret("came for a msat").Hash())
		g.on.holds += amount.BTC
		g.ln.received = nil
		g.ln.receives("open", 4_000_000, 1)
		g.sees(ref, g.ln)
		g.declare(ref)
		g.sees("", g.ln) // neither that "open" is not credited, nor that the others were not received
	})
}

// A look that goes on in the middle of the list passes an invoice that was made early and
// paid last, and does not say that it is forgotten.
func TestWhatALookPassesIsNotForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		for n := range 60 {
			g.ln.received = append(g.ln.received, lightning.Receipt{Hash: secret(fmt.Sprint("the operator's ", n)).Hash(), Amount: 1, SettleIndex: uint64(3 + n)})
		}
		g.ln.received[1].SettleIndex = 99
		for range 4 {
			g.finds()
		}
	})
}
