// Package lightningtest holds every lightning.Node to the same contract,
// against real nodes on a private network.
package lightningtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
)

// Bench is a node, and the world around it.
type Bench struct {
	Node    lightning.Node
	Network string
	Can     Can
	// Far is somebody the node reaches over a neighbour, who takes a fee;
	// Near is the neighbour.
	Far, Near Peer
	// Lost is an invoice of somebody whom nobody reaches.
	Lost func(msat amount.Msat) (text string, err error)
	// Foreign is a good invoice of another network.
	Foreign string

	// Still waits until no payment is on its way through the node's channels.
	Still func(ctx context.Context) error

	// What a bench cannot do is nil, and its facts are skipped.

	// Again opens the same node as another daemon would.
	Again func(t *testing.T) lightning.Node
	// Kill ends the node as a power cut would; Restart brings it back, with
	// its channels.
	Kill, Restart func(ctx context.Context) error
	// Pause freezes the node, Resume lets it go on.
	Pause, Resume func() error
	// CutPay and CutSettled break the connection of the next call after so
	// many messages of the node.
	CutPay, CutSettled func(messages int)
}

// Can is what a backend is able to do. A fact that needs what a backend cannot
// is skipped, and says why.
type Can struct {
	Self   bool // say its public key and height
	Choose bool // preimages of invoices, so that one can be asked for again
	Terms  bool // of its invoices: expiry, an open amount, the hash of a description
	Open   bool // pay an invoice that leaves the amount open
	Cancel bool // invoices
	List   bool // what came and what went
	Limit  bool // fees and blocks
	Fees   bool // say what a payment cost besides; else the balance shows it
	Own    bool // tell and refuse an invoice of its own
}

// All is the Can of a backend that is a node.
var All = Can{Self: true, Choose: true, Terms: true, Open: true, Cancel: true, List: true, Limit: true, Fees: true, Own: true}

// Peer is somebody else on the network. Amounts of 0 leave it to the payer.
type Peer struct {
	Invoice func(ctx context.Context, msat amount.Msat, description string, expiry time.Duration) (text string, err error)
	// Hold makes an invoice whose payment waits for Release or Cancel.
	Hold    func(ctx context.Context, p lightning.Preimage, msat amount.Msat, expiry time.Duration) (text string, err error)
	Held    func(ctx context.Context, p lightning.Preimage) error // waits for it
	Release func(ctx context.Context, p lightning.Preimage) error
	Cancel  func(ctx context.Context, h lightning.Hash) error
	// Pay pays an invoice and returns when it is paid, or was not.
	Pay func(ctx context.Context, text string, msat amount.Msat) error
	// Push pays without an invoice (keysend), by public key.
	Push func(ctx context.Context, to string, msat amount.Msat) error
}

// Run holds a node to the contract. The facts share one node, in order.
func Run(t *testing.T, open func(t *testing.T) Bench) {
	b := &bench{Bench: open(t)}
	for _, f := range b.facts() {
		t.Run(f.name, func(t *testing.T) {
			if !f.can {
				t.Skip(f.why)
			}
			f.test(b, t)
		})
	}
}

// bench is a Bench that fails the test and not the reader.
type bench struct {
	Bench
}

const (
	patience = 60 * time.Second       // how long the world may take
	glance   = 200 * time.Millisecond // how long we watch that something does not end
	hour     = time.Hour
	limit    = 100 * amount.Sat // a fee that no honest way costs
	much     = 100_000 * amount.Sat
	blocks   = 1000
)

// until repeats try while the world catches up.
func until(t *testing.T, try func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("still after %v: %v", patience, err)
		case <-tick.C:
		}
	}
}

func secret() (p lightning.Preimage, h lightning.Hash) {
	_, _ = rand.Read(p[:]) // never fails
	return p, sha256.Sum256(p[:])
}

// ask makes an invoice of the node.
func (b *bench) ask(t *testing.T, msat amount.Msat) lightning.Invoice {
	t.Helper()
	p, _ := secret()
	inv, err := b.Node.Invoice(t.Context(), lightning.Ask{Preimage: p, Amount: msat, Description: "tea", Expiry: hour})
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

// bill makes an invoice of a peer, and what is needed to pay it.
func (b *bench) bill(t *testing.T, who Peer, msat amount.Msat) lightning.Payment {
	t.Helper()
	text, err := who.Invoice(t.Context(), msat, "tea", hour)
	if err != nil {
		t.Fatal(err)
	}
	return b.payment(t, text)
}

// hold makes an invoice of the far peer whose payment waits.
func (b *bench) hold(t *testing.T, msat amount.Msat, expiry time.Duration) (lightning.Preimage, lightning.Payment) {
	t.Helper()
	p, _ := secret()
	text, err := b.Far.Hold(t.Context(), p, msat, expiry)
	if err != nil {
		t.Fatal(err)
	}
	return p, b.payment(t, text)
}

func (b *bench) payment(t *testing.T, text string) lightning.Payment {
	t.Helper()
	inv, err := b.Node.Decode(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	return lightning.Payment{Invoice: text, Hash: inv.Hash, FeeLimit: limit, MaxCLTV: blocks}
}

// wants fails the test unless a payment ended in the state.
func wants(t *testing.T, o lightning.Outcome, err error, state lightning.State, reasons ...lightning.Reason) {
	t.Helper()
	if err != nil || o.State != state {
		t.Fatalf("got %+v (%v), want state %d", o, err, state)
	}
	for _, r := range reasons {
		if o.Reason == r {
			return
		}
	}
	if len(reasons) > 0 {
		t.Errorf("failed for %q, want one of %q", o.Reason, reasons)
	}
}

// find wants a payment to be in a state.
func (b *bench) find(t *testing.T, h lightning.Hash, state lightning.State) lightning.Outcome {
	t.Helper()
	o, err := b.Node.Find(t.Context(), h)
	wants(t, o, err, state)
	if o.Hash != h {
		t.Errorf("found %v, asked for %v", o.Hash, h)
	}
	return o
}

// local is what the channels hold for us when nothing moves.
func (b *bench) local(t *testing.T) amount.Msat {
	t.Helper()
	if err := b.Still(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := b.Node.Balance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return got.Local
}

// costs waits until the channels hold so much less than before, and the fee if
// it is not told.
func (b *bench) costs(t *testing.T, before, want amount.Msat) {
	t.Helper()
	most := want
	if !b.Can.Fees && want > 0 {
		most += limit
	}
	until(t, func(ctx context.Context) error {
		got, err := b.Node.Balance(ctx)
		if cost := before - got.Local; err == nil && (cost < want || cost > most) {
			err = fmt.Errorf("it cost %d msat, want %d to %d", cost, want, most)
		}
		return err
	})
}

var errEnough = errors.New("enough")

// settled takes n receipts that come after an index.
func (b *bench) settled(t *testing.T, after uint64, n int) []lightning.Receipt {
	t.Helper()
	var got []lightning.Receipt
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := b.Node.Settled(ctx, after, func(r lightning.Receipt) error {
		if got = append(got, r); len(got) == n {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Fatalf("got %d receipts (%v), want %d", len(got), err, n)
	}
	return got
}

// last is the highest index so far.
func (b *bench) last(t *testing.T) uint64 {
	t.Helper()
	inv := b.ask(t, 1000)
	if err := b.Near.Pay(t.Context(), inv.Text, 0); err != nil {
		t.Fatal(err)
	}
	var last uint64
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := b.Node.Settled(ctx, 0, func(r lightning.Receipt) error {
		if last = r.SettleIndex; r.Hash == inv.Hash {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
	return last
}
