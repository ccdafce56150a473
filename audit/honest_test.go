package audit_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
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
