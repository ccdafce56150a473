package audit_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

func TestTheNodeAndTheBooksAreCompared(t *testing.T) {
	const (
		uncredited = "every receipt of a user is credited"
		otherwise  = "a receipt is credited by what was paid"
		unpaid     = "what is credited was paid"
		unmade     = "a payment that is done was made"
		made       = "a payment that was given back was not made"
		missing    = "wallet and channels hold what users are owed"
	)
	cases := map[string]struct {
		says    func(c *channels)
		found   []string
		surplus amount.Msat // beside the operator's own
	}{
		"they agree": {func(*channels) {}, nil, 0},
		"coins moved into a channel that opens": {func(c *channels) {
			c.holds.Local, c.holds.Pending = c.holds.Local-9_000_000, 9_000_000
		}, nil, 0},
		"a receipt that nobody booked, and later ones are": {func(c *channels) { c.receives("open", 1_000, 2) }, []string{uncredited}, 1_000},
		"a receipt that will be booked next":               {func(c *channels) { c.receives("open", 1_000, 3) }, nil, 0},
		"a receipt of an invoice that is set aside":        {func(c *channels) { c.receives("aside", 1_000, 3) }, nil, 0},
		"a receipt of an invoice that was paid inside":     {func(c *channels) { c.receives("ln inside", 2_000_000, 2) }, []string{uncredited}, 2_000_000},
		"a receipt of another amount": {func(c *channels) {
			c.change("came", func(r *lightning.Receipt) { r.Amount-- }, nil)
		}, []string{otherwise}, 0},
		"a receipt that the node does not know": {func(c *channels) { c.forget("came for a msat") }, []string{unpaid}, 0},
		"all receipts gone":                     {func(c *channels) { c.received = nil }, []string{unpaid, unpaid}, 0},
		"a payment given back that was made":    {func(c *channels) { c.is("ln failed", lightning.Succeeded) }, []string{made}, 0},
		"a payment given back that may be made": {func(c *channels) { c.is("ln failed", lightning.InFlight) }, []string{made}, 0},
		"a payment given back before it began, that was made": {func(c *channels) {
			c.paid = append(c.paid, lightning.Outcome{Hash: secret("ln refused").Hash(), State: lightning.Succeeded, Amount: 2_000_000})
		}, []string{made}, 0},
		"a payment given back of which nobody knows": {func(c *channels) { c.forget("ln failed") }, nil, 0},
		"another fee": {func(c *channels) {
			c.change("ln done", nil, func(o *lightning.Outcome) { o.Fee++ })
		}, []string{unmade}, 0},
		"a payment that is done and failed":     {func(c *channels) { c.is("ln done", lightning.Failed) }, []string{unmade}, 0},
		"a payment that is done and on its way": {func(c *channels) { c.is("ln done late", lightning.InFlight) }, []string{unmade}, 0},
		"a payment that is done and unknown":    {func(c *channels) { c.forget("ln done") }, []string{unmade}, 0},
		"a payment that arrived and is not booked": {func(c *channels) {
			c.change("ln in_flight", nil, func(o *lightning.Outcome) { o.State, o.Fee = lightning.Succeeded, 7_000 })
			c.holds.Local -= 2_007_000
		}, nil, 0},
		"a stuck payment that arrived": {func(c *channels) {
			c.is("ln stuck", lightning.Succeeded)
			c.holds.Local -= 2_000_000
		}, nil, 0},
		"a payment that failed and is not booked":   {func(c *channels) { c.is("ln in_flight", lightning.Failed) }, nil, 0},
		"a payment of the operator's that failed":   {func(c *channels) { c.is("the operator's", lightning.Failed) }, nil, 0},
		"nothing of the operator's in the channels": {func(c *channels) { c.holds.Local -= operator }, nil, -operator},
		"a msat is missing":                         {func(c *channels) { c.holds.Local -= operator + 1 }, []string{missing}, -operator - 1},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		lightningTown(t, d)
		for name, tt := range cases {
			t.Run(name, func(t *testing.T) {
				on, ln := honest()
				tt.says(&ln)
				r, err := audit.World(t.Context(), d, on, ln, audit.Everything)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, f := range r.Findings {
					if got = append(got, f.Rule); !slices.Contains(r.Checked, f.Rule) {
						t.Errorf("%q is found, and not among what was checked: %q", f.Rule, r.Checked)
					}
				}
				if !slices.Equal(got, tt.found) {
					t.Errorf("found %q, want %q", r.Findings, tt.found)
				}
				if r.Surplus != operator+tt.surplus {
					t.Errorf("the surplus is %d, want %d", r.Surplus, operator+tt.surplus)
				}
				if r.Channels != ln.holds.Local+ln.holds.Pending || r.Receipts != len(ln.received) {
					t.Errorf("the report is %+v", r)
				}
			})
		}
	})
}

// A payment that failed and was ordered again, by somebody whose order is
// older, counts as what it became.
func TestTheOrderThatDidNotFailCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := lightningTown(t, d)
		on, ln := honest()
		p := secret("ordered twice")
		ask := paymentorder.Draft{Invoice: "lnbcrt-twice", Hash: p.Hash().String(), SaidTo: "02ab…cdef", Amount: 2_000_000}
		w.drafted("older", ask)
		w.drafted("newer", ask, w.confirm, w.begin, w.bounce)
		for _, deed := range []deed{w.confirm, w.begin, w.prove(0)} {
			w.tx(func(ctx context.Context, tx *db.Tx) error {
				o, err := paymentorder.ByID(ctx, tx, w.orders["older"].ID)
				if err != nil {
					return err
				}
				return deed(ctx, tx, o)
			})
		}
		ln.paid = append(ln.paid, lightning.Outcome{Hash: p.Hash(), State: lightning.Succeeded, Amount: 2_000_000})
		ln.holds.Local -= 2_000_000
		r, err := audit.World(t.Context(), d, on, ln, audit.Everything)
		if err != nil || len(r.Findings) != 0 || r.Surplus != operator {
			t.Errorf("got %+v (%v)", r, err)
		}
		ln.forget("ordered twice")
		r, err = audit.World(t.Context(), d, on, ln, audit.Everything)
		if err != nil || len(r.Findings) != 1 || !strings.Contains(r.Findings[0].Rule, "done was made") {
			t.Errorf("got %+v (%v)", r, err)
		}
	})
}

// A node that stops in the middle has not said that all is well.
func TestANodeThatDoesNotAnswerIsNoFindingAndNoPeace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		lightningTown(t, d)
		on, ln := honest()
		ln.err = lightning.ErrUnreachable
		if _, err := audit.World(t.Context(), d, on, ln, audit.Everything); !errors.Is(err, lightning.ErrUnreachable) {
			t.Errorf("got %v", err)
		}
	})
}

// Without a Lightning node the books over Lightning are what the ledger says.
func TestWithoutALightningNode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		lightningTown(t, d)
		on, _ := honest()
		r, err := audit.World(t.Context(), d, on, nil, audit.Everything)
		if err != nil || len(r.Findings) != 0 || r.Expected != imported || r.Receipts != 0 {
			t.Errorf("got %+v (%v)", r, err)
		}
	})
}
