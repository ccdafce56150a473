package chaintest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
)

// RunSent holds a node to what the contract says of all that left the wallet,
// and of how the wallet is known again. The facts share one wallet, in order.
func RunSent(t *testing.T, open func(t *testing.T) Bench) {
	b := &bench{Bench: open(t)}
	for _, f := range []struct {
		name string
		test func(*bench, *testing.T)
	}{
		{"an empty wallet sent nothing", (*bench).sentNothing},
		{"what the wallet is paid is not sent", (*bench).sentReceipt},
		{"what left is listed, waiting and in its block", (*bench).sentPayment},
		{"what is only prepared has not left", (*bench).sentPrepared},
		{"a payment to the wallet itself stays inside", (*bench).sentSelf},
		{"what is below a cursor is not listed again", (*bench).sentCursor},
		{"a cursor of another past is no list", (*bench).sentOtherPast},
		{"the wallet is known again after a restart", (*bench).keys},
		{"a wallet at rest does not rescan", (*bench).rests},
	} {
		t.Run(f.name, func(t *testing.T) { f.test(b, t) })
	}
}

func (b *bench) sent(t *testing.T, cursor string) []chain.Sent {
	t.Helper()
	all, err := b.Node.Sent(t.Context(), cursor)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// left waits until a transaction is listed and right.
func (b *bench) left(t *testing.T, txid string, right func(chain.Sent) bool) {
	t.Helper()
	until(t, func(ctx context.Context) error {
		all, err := b.Node.Sent(ctx, "")
		i := slices.IndexFunc(all, func(s chain.Sent) bool { return s.TxID == txid })
		if err != nil || i < 0 || !right(all[i]) {
			return fmt.Errorf("%s is not listed as it should be: %+v (%v)", txid, all, err)
		}
		return nil
	})
}

func (b *bench) sentNothing(t *testing.T) {
	if all := b.sent(t, ""); len(all) != 0 {
		t.Errorf("got %+v", all)
	}
}

func (b *bench) sentReceipt(t *testing.T) {
	b.give(t, 500_000)
	if all := b.sent(t, ""); len(all) != 0 {
		t.Errorf("got %+v", all)
	}
}

func (b *bench) sentPayment(t *testing.T) {
	p := b.pay(t, 70_000)
	b.broadcast(t, p)
	paid := 70_000*amount.Sat + p.Fee
	to := b.out(70_000)
	b.left(t, p.TxID, func(s chain.Sent) bool {
		return s.Amount == paid && s.Confirmations == 0 && !s.Inside && s.At > 0 && slices.Equal(s.Paid, to)
	})
	b.mine(t, 1)
	b.left(t, p.TxID, func(s chain.Sent) bool {
		return s.Amount == paid && s.Confirmations == 1 && !s.Inside && slices.Equal(s.Paid, to)
	})
	if all := b.sent(t, ""); len(all) != 1 {
		t.Errorf("got %+v", all)
	}
}

func (b *bench) sentPrepared(t *testing.T) {
	p := b.pay(t, 60_000)
	defer b.release(t, p)
	if all := b.sent(t, ""); len(all) != 1 {
		t.Errorf("got %+v", all)
	}
}

func (b *bench) sentSelf(t *testing.T) {
	p, err := b.Node.Prepare(t.Context(), []chain.Output{{Address: b.address(t), Amount: 33_000_000}}, Rate, high)
	if err != nil {
		t.Fatal(err)
	}
	b.broadcast(t, p)
	b.mine(t, 1)
	b.left(t, p.TxID, func(s chain.Sent) bool {
		return s.Amount == p.Fee && s.Confirmations == 1 && s.Inside && len(s.Paid) == 0
	})
}

func (b *bench) sentCursor(t *testing.T) {
	r := b.since(t, "")
	before := b.sent(t, "")
	if got := b.sent(t, r.Cursor); len(got) != len(before) { // it lies below the overlap
		t.Errorf("got %+v, want %+v", got, before)
	}
	b.mine(t, chain.Overlap+5)
	b.give(t, 200_000)
	r = b.since(t, "")
	if got := b.sent(t, r.Cursor); len(got) != 0 {
		t.Errorf("since %s: got %+v", r.Cursor, got)
	}
	p := b.pay(t, 20_000)
	b.broadcast(t, p)
	b.await(t, p.TxID, chain.Mempool)
	if got := b.sent(t, r.Cursor); len(got) != 1 || got[0].TxID != p.TxID {
		t.Errorf("since %s: got %+v", r.Cursor, got)
	}
}

func (b *bench) sentOtherPast(t *testing.T) {
	until(t, func(ctx context.Context) error { // a node may be catching up with the blocks of before
		_, err := b.Node.Sent(ctx, b.Strange)
		if !errors.Is(err, chain.ErrOtherPast) {
			return fmt.Errorf("got %v, want %w", err, chain.ErrOtherPast)
		}
		return nil
	})
	if _, err := b.Node.Sent(t.Context(), "no cursor"); err == nil {
		t.Error("a word is taken for a cursor")
	}
}

func (b *bench) keys(t *testing.T) {
	before, err := b.Node.Keys(t.Context())
	if err != nil || len(before) == 0 || slices.Contains(before, "") {
		t.Fatalf("got %q (%v)", before, err)
	}
	if err := b.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	var after []string
	until(t, func(ctx context.Context) error {
		after, err = b.Node.Keys(ctx)
		return err
	})
	if !slices.Equal(before, after) {
		t.Errorf("%q are %q after a restart", before, after)
	}
}

func (b *bench) rests(t *testing.T) {
	if scans, err := b.Node.Rescans(t.Context()); err != nil || scans {
		t.Errorf("a wallet at rest rescans: %v (%v)", scans, err)
	}
}
