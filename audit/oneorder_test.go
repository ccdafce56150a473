package audit_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
)

// sees looks at everything, keeps what is seen, and wants payments to be stopped by that
// and nothing else; "" by nothing.
func (g *gateway) sees(want string, ln peer) {
	g.t.Helper()
	r, all := g.seen(ln, audit.Everything)
	got := ""
	for _, c := range all {
		got += c.Ref
	}
	if got != want {
		g.t.Errorf("stopped by %+v, want %q", all, want)
	}
	for _, f := range r.Findings {
		if f.Ref != want {
			g.t.Errorf("found %+v, want it named %q", f, want)
		}
	}
}

// What a node says of one payment that is done has the name of the payment: an operator
// who knows better declares that and nothing else. It is over by itself, too, when the
// node says again what is on the books.
func TestWhatIsFoundOfOneOrderIsDeclaredByItsName(t *testing.T) {
	h, other := secret("ln done").Hash().String(), secret("ln done late").Hash().String()
	for name, says := range map[string]func(c *channels){
		"forgotten":   func(c *channels) { c.forget("ln done") },
		"another fee": func(c *channels) { c.change("ln done", nil, func(o *lightning.Outcome) { o.Fee++ }) },
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := looked(t, d)
				on, right := honest()
				g.on.wallet = on
				_, wrong := honest()
				says(&wrong)
				g.sees("", peer{right, first})
				g.sees(h, peer{wrong, first})
				g.sees("", peer{right, first})
				g.sees(h, peer{wrong, first})
				g.declare(h)
				g.sees("", peer{wrong, first})
				wrong.change("ln done late", nil, func(o *lightning.Outcome) { o.Fee++ })
				g.sees(other, peer{wrong, first})
			})
		})
	}
}

// That a payment does not fit is over; that its money was given back is another fact
// about it, and is not.
func TestWhatIsOverEndsNoOtherFact(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		h := secret("ln done").Hash().String()
		g.tx(func(ctx context.Context, tx *db.Tx) error {
			for _, r := range []freeze.Reason{freeze.Unmade, freeze.Proof} {
				if _, err := freeze.Payments(ctx, tx, freeze.Cause{Ref: h, Reason: r, Node: first, What: "a test"}); err != nil {
					return err
				}
			}
			return nil
		})
		g.sees(h, g.ln)
		all, err := freeze.Causes(t.Context(), d.Read())
		if err != nil || len(all) != 1 || all[0].Reason != freeze.Proof {
			t.Errorf("stopped by %+v (%v)", all, err)
		}
	})
}

// A gateway finds that the node made a payment before its order began while an audit,
// which has read that order, is still looking: the audit does not end what it has not seen.
func TestALookEndsNothingThatCameUpSinceItBegan(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		r, err := audit.World(t.Context(), d, g.on, g.ln, audit.Everything)
		if err != nil {
			t.Fatal(err)
		}
		c := freeze.Cause{Ref: secret("ln stuck").Hash().String(), Reason: freeze.Earlier, Node: first, What: "a test"}
		g.tx(func(ctx context.Context, tx *db.Tx) error { _, err := freeze.Payments(ctx, tx, c); return err })
		g.keep(r)
		if all, err := freeze.Causes(t.Context(), d.Read()); err != nil || len(all) != 1 || !all[0].Is(c) {
			t.Errorf("stopped by %+v (%v)", all, err)
		}
		g.sees("", g.ln) // the next one began after it
	})
}
