package audit_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// wallet is a chain on which nothing happened but one import.
type wallet struct {
	chain.Node
	holds amount.Msat
}

func (w wallet) Info(context.Context) (chain.Info, error) {
	return chain.Info{Kind: "scripted", Synced: true}, nil
}

func (w wallet) Keys(context.Context) ([]string, error) { return []string{"key"}, nil }

func (w wallet) Sent(context.Context, string) ([]chain.Sent, error) { return nil, nil }

func (w wallet) Since(context.Context, string) (chain.Receipts, error) { return chain.Receipts{}, nil }

func (w wallet) Balance(context.Context) (chain.Balance, error) {
	return chain.Balance{Confirmed: w.holds}, nil
}

// channels is a Lightning node that says what it was told to, two items a page.
type channels struct {
	lightning.Node
	received []lightning.Receipt
	paid     []lightning.Outcome
	holds    lightning.Balance
	err      error // of the second page
}

func pageOf[T any](all []T, from uint64, err error) ([]T, uint64, error) {
	if from > 0 && err != nil {
		return nil, from, err
	}
	got := all[min(from, uint64(len(all))):]
	got = got[:min(2, len(got))]
	return got, from + uint64(len(got)), nil
}

func (c channels) Received(_ context.Context, from uint64, _ int) ([]lightning.Receipt, uint64, error) {
	return pageOf(c.received, from, c.err)
}

func (c channels) Paid(_ context.Context, from uint64, _ int) ([]lightning.Outcome, uint64, error) {
	return pageOf(c.paid, from, c.err)
}

func (c channels) Info(context.Context) (lightning.Info, error) {
	return lightning.Info{PubKey: first}, nil
}

func (c channels) Find(_ context.Context, h lightning.Hash) (lightning.Outcome, error) {
	for _, p := range c.paid {
		if p.Hash == h {
			return p, nil
		}
	}
	return lightning.Outcome{Hash: h}, nil
}

func (c channels) Balance(context.Context) (lightning.Balance, error) { return c.holds, nil }

const (
	imported = 500_000_000 // msat that ann has from an import
	came     = 4_000_001   // for bob, in two receipts
	fee      = 5_000       // of a payment of 2,000,000
	operator = 50_000_000  // what the operator has in the channels
)

// lightningTown is a town of which the chain knows nothing.
func lightningTown(t *testing.T, d *db.DB) *town {
	w := &town{t: t, d: d, orders: map[string]*paymentorder.Order{}}
	d.SetClock(func() time.Time { return time.Unix(now, 0) })
	w.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		if w.ann, _, err = useraccount.Register(ctx, tx, "ann@example.org", now); err != nil {
			return err
		}
		if w.bob, _, err = useraccount.Register(ctx, tx, "bob@example.org", now); err != nil {
			return err
		}
		outside, err := ledger.System(ctx, tx, "chain")
		if err != nil {
			return err
		}
		return ledger.Post(ctx, tx, ledger.Transfer{Ref: "import:1", Step: "open", Debit: outside, Credit: w.ann.Money, Amount: imported, At: now})
	})
	w.overLightning()
	return w
}

// honest are nodes that agree with the books of lightningTown.
func honest() (wallet, channels) {
	received := func(name string, m amount.Msat, index uint64) lightning.Receipt {
		return lightning.Receipt{Hash: secret(name).Hash(), Amount: m, SettleIndex: index}
	}
	paid := func(name string, s lightning.State, fee amount.Msat) lightning.Outcome {
		return lightning.Outcome{Hash: secret(name).Hash(), State: s, Amount: 2_000_000, Fee: fee, Begun: time.Unix(now, 0)}
	}
	ln := channels{
		received: []lightning.Receipt{received("came", 4_000_000, 1), received("the operator's", 7, 0), received("came for a msat", 1, 2)},
		paid: []lightning.Outcome{paid("ln in_flight", lightning.InFlight, 0), early(paid("the operator's", lightning.Succeeded, 1)), paid("ln stuck", lightning.InFlight, 0),
			paid("ln failed", lightning.Failed, 0), paid("ln done", lightning.Succeeded, fee), paid("ln done late", lightning.Succeeded, fee)},
		holds: lightning.Balance{Local: operator + came - 2*(2_000_000+fee)},
	}
	return wallet{holds: imported}, ln
}

// early is a payment from before there was anything to pay.
func early(o lightning.Outcome) lightning.Outcome {
	o.Begun = time.Unix(1, 0)
	return o
}

// change alters what the node says of the invoice or payment of that name.
func (c *channels) change(name string, received func(*lightning.Receipt), paid func(*lightning.Outcome)) {
	h := secret(name).Hash()
	for i := range c.received {
		if received != nil && c.received[i].Hash == h {
			received(&c.received[i])
		}
	}
	for i := range c.paid {
		if paid != nil && c.paid[i].Hash == h {
			paid(&c.paid[i])
		}
	}
}

// forget is a node that knows nothing of what has that name.
func (c *channels) forget(name string) {
	h := secret(name).Hash()
	c.received = slices.DeleteFunc(c.received, func(r lightning.Receipt) bool { return r.Hash == h })
	c.paid = slices.DeleteFunc(c.paid, func(o lightning.Outcome) bool { return o.Hash == h })
}

func (c *channels) receives(name string, m amount.Msat, index uint64) {
	c.received = append(c.received, lightning.Receipt{Hash: secret(name).Hash(), Amount: m, SettleIndex: index})
	c.holds.Local += m
}

func (c *channels) is(name string, s lightning.State) {
	c.change(name, nil, func(o *lightning.Outcome) { o.State = s })
}

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
				r, err := audit.World(t.Context(), d.Read(), on, ln, audit.Everything)
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
		r, err := audit.World(t.Context(), d.Read(), on, ln, audit.Everything)
		if err != nil || len(r.Findings) != 0 || r.Surplus != operator {
			t.Errorf("got %+v (%v)", r, err)
		}
		ln.forget("ordered twice")
		r, err = audit.World(t.Context(), d.Read(), on, ln, audit.Everything)
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
		if _, err := audit.World(t.Context(), d.Read(), on, ln, audit.Everything); !errors.Is(err, lightning.ErrUnreachable) {
			t.Errorf("got %v", err)
		}
	})
}

// Without a Lightning node the books over Lightning are what the ledger says.
func TestWithoutALightningNode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		lightningTown(t, d)
		on, _ := honest()
		r, err := audit.World(t.Context(), d.Read(), on, nil, audit.Everything)
		if err != nil || len(r.Findings) != 0 || r.Expected != imported || r.Receipts != 0 {
			t.Errorf("got %+v (%v)", r, err)
		}
	})
}
