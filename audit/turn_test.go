package audit_test

import (
	"context"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// looks is a look that is not kept yet.
func (g *gateway) looks(of audit.Scope) audit.Report {
	g.t.Helper()
	r, err := audit.World(g.t.Context(), g.d, g.on, g.ln, of)
	if err != nil {
		g.t.Fatal(err)
	}
	return r
}

// stopped wants payments to be stopped, or not.
func (g *gateway) stopped(want bool) {
	g.t.Helper()
	if on, err := freeze.Stopped(g.t.Context(), g.d.Read()); err != nil || on != want {
		g.t.Errorf("payments are stopped: %v (%v), want %v", on, err, want)
	}
}

// Two look: a gateway, and an operator whose look at everything takes half an hour. What
// the one that began before has not seen, and the other found and kept, is not over.
func TestAnOlderLookEndsNothingThatANewerOneFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		was := g.on.holds
		g.on.holds = 0
		g.finds(owed)
		g.on.holds = was
		older := g.looks(audit.Everything)
		g.on.holds = 0 // coins leave
		g.keep(g.looks(audit.Everything))
		g.keep(older)
		g.stopped(true)
		g.on.holds = was
		g.finds()
	})
}

// What an older look found stops payments, also if a newer one was kept before it.
func TestWhatAnOlderLookFoundIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		was := g.on.holds
		g.on.holds = 0
		older := g.looks(audit.Everything)
		g.on.holds = was
		g.finds()
		g.keep(older)
		g.stopped(true)
		g.finds()
	})
}

// Two gateways look while the operator goes over to another node and declares it. The look
// that began before is kept last, and does not name the first node again.
func TestAnOlderLookDoesNotTakeAChangeoverBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		older := g.looks(audit.Lately)
		g.ln.name, g.ln.paid, g.ln.received = "03bb", nil, nil
		g.finds(same)
		g.declare("node:03bb")
		for range 2 {
			if got := finding(g); got != "" {
				t.Errorf("declared, and found again: %q", got)
			}
			g.keep(older)
		}
	})
}

// The node of one gateway is away, so that it looks at the books alone, and often. That
// overtakes no look at the nodes: it ends what is right again, and goes on from there.
func TestALookAtTheBooksOvertakesNoneAtTheNodes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.on.holds -= amount.BTC
		g.finds(owed)
		g.on.holds += amount.BTC
		r := g.looks(audit.Lately)
		books, err := audit.Ledger(t.Context(), d, audit.Everything)
		if err != nil {
			t.Fatal(err)
		}
		g.keep(books)
		g.stopped(true)
		g.keep(r)
		g.stopped(false)
	})
}

// A worker finds it again after it was over, and while a look that found it no more was not
// kept yet: that look did not see it.
func TestALookEndsNothingThatAWorkerFoundAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		c := freeze.Cause{Ref: secret("ln done").Hash().String(), Reason: freeze.Earlier, Node: first, What: "a test"}
		finds := func(ctx context.Context, tx *db.Tx) error { _, err := freeze.Payments(ctx, tx, c); return err }
		g.tx(finds)
		r := g.looks(audit.Everything)
		d.SetClock(func() time.Time { return time.Unix(now+100, 0) })
		g.tx(func(ctx context.Context, tx *db.Tx) error { _, err := freeze.Clear(ctx, tx, c); return err })
		g.tx(finds)
		g.keep(r)
		g.stopped(true)
		g.finds()
	})
}

// The same of the books, with which somebody meddles.
func TestAnOlderLookAtTheBooksEndsNothingThatANewerOneFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		build(t, d)
		unguarded(t, d, func(tx *db.Tx) {
			adds := func(msat int) {
				t.Helper()
				if ok, err := tx.One(t.Context(), `UPDATE account SET bal = bal + $1 WHERE name = 'user:ann@example.org'`, msat); err != nil || !ok {
					t.Fatal(ok, err)
				}
			}
			look := func() audit.Report {
				t.Helper()
				r, err := audit.LedgerIn(t.Context(), tx)
				if err != nil {
					t.Fatal(err)
				}
				return r
			}
			keep := func(r audit.Report, want bool) {
				t.Helper()
				if stopped, err := r.Keep(t.Context(), tx); err != nil || stopped != want {
					t.Errorf("payments are stopped: %v (%v), want %v", stopped, err, want)
				}
			}
			adds(1)
			keep(look(), true)
			adds(-1)
			older := look()
			adds(1)
			keep(look(), true)
			keep(older, true)
			adds(-1)
			keep(look(), false)
		})
	})
}

// One gateway of two has the address of another Lightning node. Its looks end at once, and
// compare nothing: none of them overtakes that of the other gateway, which compares all.
func TestALookThatEndedAtAnotherNodeOvertakesNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.on.holds -= amount.BTC
		g.finds(owed)
		g.on.holds += amount.BTC
		wrong := *g
		wrong.ln.name = "03bb"
		for range 5 {
			r := g.looks(audit.Lately)
			g.keep(wrong.looks(audit.Lately))
			g.keep(r)
		}
		all, err := freeze.Causes(t.Context(), d.Read())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			if c.Reason != freeze.OtherNode {
				t.Errorf("five whole looks found it no more, and it is there: %+v", c)
			}
		}
	})
}
