package chaintest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
)

// RunSpent holds a node to what the contract says of one transaction that the wallet
// sent. The facts share one wallet, in order.
func RunSpent(t *testing.T, open func(t *testing.T) Bench) {
	b := &bench{Bench: open(t)}
	for _, f := range []struct {
		name string
		test func(*bench, *testing.T)
	}{
		{"what the wallet sent is handed over whole, waiting and in its block", (*bench).spent},
		{"what came to the wallet, or is not known, was not sent by it", (*bench).notSpent},
		{"what pays the wallet itself stays inside", (*bench).spentSelf},
	} {
		t.Run(f.name, func(t *testing.T) { f.test(b, t) })
	}
}

// whole waits until a transaction is as it should be.
func (b *bench) whole(t *testing.T, p chain.Prepared, right func(chain.Sent) bool) {
	t.Helper()
	until(t, func(ctx context.Context) error {
		s, got, err := b.Node.Spent(ctx, p.TxID)
		if err != nil {
			return err
		}
		if s.TxID != p.TxID || !right(s) || got.TxID != p.TxID || !bytes.Equal(got.Raw, p.Raw) || got.Fee != p.Fee || !slices.Equal(got.Inputs, p.Inputs) {
			return fmt.Errorf("got %+v, %+v, want %+v", s, got, p)
		}
		return nil
	})
}

func (b *bench) spent(t *testing.T) {
	b.give(t, 500_000)
	p := b.pay(t, 70_000)
	if _, _, err := b.Node.Spent(t.Context(), p.TxID); err == nil {
		t.Error("what is only prepared was sent")
	}
	b.broadcast(t, p)
	right := func(depth int64) func(chain.Sent) bool {
		return func(s chain.Sent) bool {
			return s.Amount == 70_000*amount.Sat+p.Fee && !s.Inside && s.Confirmations == depth && slices.Equal(s.Paid, b.out(70_000))
		}
	}
	b.whole(t, p, right(0))
	b.mine(t, 1)
	b.whole(t, p, right(1))
}

func (b *bench) notSpent(t *testing.T) {
	received, err := b.Fund(t.Context(), b.address(t), 50_000)
	if err != nil {
		t.Fatal(err)
	}
	b.mine(t, 1)
	b.await(t, received, chain.Confirmed)
	for _, txid := range []string{received, strings.Repeat("00", 31) + "01"} {
		_, _, err := b.Node.Spent(t.Context(), txid)
		wantErr(t, err, chain.ErrNotSent)
	}
	if _, _, err := b.Node.Spent(t.Context(), "no txid"); err == nil {
		t.Error("a word is taken for a transaction")
	}
}

func (b *bench) spentSelf(t *testing.T) {
	p, err := b.Node.Prepare(t.Context(), []chain.Output{{Address: b.address(t), Amount: 33_000_000}}, Rate, high)
	if err != nil {
		t.Fatal(err)
	}
	b.broadcast(t, p)
	b.whole(t, p, func(s chain.Sent) bool { return s.Inside && s.Amount == p.Fee && len(s.Paid) == 0 })
}
