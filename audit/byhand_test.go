package audit_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// bookedByHand is prove by an operator, who has the order in hand.
func (w *town) bookedByHand(fee amount.Msat) deed {
	return func(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
		mine, err := paymentorder.Take(ctx, tx, o.ID, 60)
		if err != nil {
			return err
		}
		return w.prove(fee)(ctx, tx, mine)
	}
}

// What an operator books is of payments about which the node says another thing: it took
// more than the limit, or has forgotten them. No audit stops payments for that, neither
// the next one nor one of everything. The same booked by a gateway is a finding.
func TestWhatAnOperatorBookedStopsNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		fee  amount.Msat // that is booked
		node func(g *gateway)
		note string
	}{
		"above the limit": {20 * amount.Sat, func(g *gateway) {
			g.ln.change("ln stuck", nil, func(o *lightning.Outcome) { o.State, o.Fee = lightning.Succeeded, 20_005 })
			g.ln.holds.Local -= 2_020_005
		}, "fee 20005 instead of 20000"},
		"forgotten": {7, func(g *gateway) {
			g.ln.forget("ln stuck")
			g.ln.holds.Local -= 2_000_007
		}, "knows nothing of it"},
		"as the node says": {7, func(g *gateway) {
			g.ln.change("ln stuck", nil, func(o *lightning.Outcome) { o.State, o.Fee = lightning.Succeeded, 7 })
			g.ln.holds.Local -= 2_000_007
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := looked(t, d)
				g.goes("ln stuck", g.bookedByHand(tt.fee))
				tt.node(g)
				g.finds()
				r, err := audit.World(t.Context(), d, g.on, g.ln, audit.Everything)
				if err != nil {
					t.Fatal(err)
				}
				g.keep(r)
				if on, err := freeze.Stopped(t.Context(), d.Read()); err != nil || on || len(r.Findings) > 0 {
					t.Errorf("found %+v; payments are stopped: %v (%v)", r.Findings, on, err)
				}
				r.Notes = slices.DeleteFunc(r.Notes, func(n string) bool { return strings.Contains(n, "receipt") }) // the operator's own
				if notes := strings.Join(r.Notes, "\n"); (notes != "") != (tt.note != "") || !strings.Contains(notes, tt.note) {
					t.Errorf("noted %q, want %q", notes, tt.note)
				}
			})
		})
	}
}
