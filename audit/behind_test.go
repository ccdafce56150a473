package audit_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// goes takes the one order over Lightning of that name further.
func (g *gateway) goes(name string, deed deed) {
	g.t.Helper()
	g.tx(func(ctx context.Context, tx *db.Tx) error {
		all, err := paymentorder.ByHash(ctx, tx, secret(name).Hash().String())
		if err != nil {
			return err
		}
		return deed(ctx, tx, &all[0])
	})
}

// A payment is under way when a look meets it, and its mark lies behind it from
// then on. What becomes of it is still seen.
func TestWhatWasUnderWayAtALookIsFollowedToItsEnd(t *testing.T) {
	const name = "ln in_flight"
	hash := secret(name).Hash().String()
	made := func(g *gateway) {
		g.ln.is(name, lightning.Succeeded)
		g.ln.holds.Local -= 2_000_000
	}
	for name, tt := range map[string]struct {
		does  func(g *gateway)
		found []string
	}{
		"given back, and on its way": {func(g *gateway) { g.goes(name, g.bounce) }, []string{given}},
		"given back, and made":       {func(g *gateway) { g.goes(name, g.bounce); made(g) }, []string{given}},
		"given back three looks ago, when it had not ended": {func(g *gateway) {
			g.finds()
			g.finds()
			g.goes(name, g.bounce)
			made(g)
		}, []string{given}},
		"given back, and failed": {func(g *gateway) { g.goes(name, g.bounce); g.ln.is(name, lightning.Failed) }, nil},
		"made and booked":        {func(g *gateway) { g.goes(name, g.prove(0)); made(g) }, nil},
		"made and not booked":    {made, nil},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := looked(t, d)
				tt.does(g)
				g.finds(tt.found...)
				g.finds(tt.found...) // and it stays
				if tt.found == nil {
					return
				}
				all, err := freeze.Causes(t.Context(), d.Read())
				if err != nil || len(all) != 1 || all[0].Ref != hash {
					t.Errorf("stopped by %+v (%v)", all, err)
				}
				g.declare(hash)
				g.finds()
			})
		})
	}
}

// Who asks the node about each payment that is under way asks about no other.
func TestWhatEndedIsAskedAboutNoMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		for _, name := range []string{"ln in_flight", "ln stuck"} {
			g.goes(name, g.prove(0))
			g.ln.is(name, lightning.Succeeded)
			g.ln.holds.Local -= 2_000_000
		}
		g.finds()
		mark := func() (open string) {
			g.tx(func(ctx context.Context, tx *db.Tx) error {
				return tx.GetContext(ctx, &open, `SELECT value FROM node_cursor WHERE name = 'look.open'`)
			})
			return open
		}
		if open := mark(); open != "" {
			t.Errorf("followed: %s", open)
		}
	})
}

// The node forgot a payment that was on its way, and the operator gave the money back;
// then the node turns out to have made it. Who acknowledged the one has not the other.
func TestWhatWasForgottenAndGivenBackAndIsMade(t *testing.T) {
	const name = "ln in_flight"
	hash := secret(name).Hash().String()
	for when, found := range map[string][]string{"acknowledged": {given}, "not acknowledged yet": {remember, given}} {
		t.Run(when, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := looked(t, d)
				g.tx(func(ctx context.Context, tx *db.Tx) error {
					_, err := freeze.Payments(ctx, tx, freeze.Cause{Ref: hash, Reason: freeze.Restored, What: "forgotten"})
					return err
				})
				g.goes(name, g.contradict)
				if len(found) == 1 {
					g.declare(hash)
				}
				g.goes(name, g.resolve)
				g.ln.is(name, lightning.Succeeded)
				g.ln.holds.Local -= 2_000_000
				g.finds(found...)
				g.tx(func(ctx context.Context, tx *db.Tx) error {
					all, err := freeze.Causes(ctx, tx)
					if err == nil && len(all) != len(found) {
						t.Errorf("stopped by %+v", all)
					}
					return err
				})
				g.declare(hash)
				g.finds()
			})
		})
	}
}

// A transaction was given up, and its order ended. It is confirmed after all,
// after any number of looks.
func TestATransactionThatWasGivenUpAndIsConfirmed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.order("given up", "bcrt1qout", g.confirm, g.store, g.send, g.contradict, g.resolve)
		tx := chain.Sent{TxID: g.orders["given up"].TxID, Amount: 1150 * amount.Sat, At: now}
		for range 3 {
			g.finds() // abandoned, which is not listed
		}
		g.on.sent = []chain.Sent{tx}
		g.finds() // in the mempool again
		tx.Confirmations = 1
		g.on.sent = []chain.Sent{tx}
		g.on.holds -= tx.Amount
		g.finds(given)
	})
}
