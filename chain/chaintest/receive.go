package chaintest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
)

func (b *bench) info(t *testing.T) {
	got, err := b.Node.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.Network != b.Network || got.Height == 0 || len(got.Hash) != 64 || got.Version == "" || got.Kind == "" {
		t.Errorf("got %+v", got)
	}
	if !got.Synced {
		t.Error("the node has not the tip")
	}
}

func (b *bench) empty(t *testing.T) {
	if got := b.balance(t); got != (chain.Balance{}) {
		t.Errorf("got balance %+v", got)
	}
	if r := b.since(t, ""); len(r.Coins) != 0 || r.Height == 0 {
		t.Errorf("got %+v", r)
	}
	_, err := b.Node.Quote(t.Context(), b.out(10_000), Rate)
	wantErr(t, err, chain.ErrNoFunds)
	_, err = b.Node.Prepare(t.Context(), b.out(10_000), Rate, high)
	wantErr(t, err, chain.ErrNoFunds)
}

func (b *bench) addresses(t *testing.T) {
	seen := make(map[string]bool)
	for _, label := range []string{"ann@example.org", "ann@example.org", "bob@example.org", "", "*", "a\"b\\c"} {
		addr, err := b.Node.Address(t.Context(), label)
		if err != nil {
			t.Fatalf("label %q: %v", label, err)
		}
		if seen[addr] {
			t.Errorf("%s given out twice", addr)
		}
		seen[addr] = true
		if err := chain.CheckAddress(b.Network, addr); err != nil {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

// coin finds what a transaction paid to an address, and fails if it is listed
// more than once.
func coin(r chain.Receipts, txid, addr string) (chain.Coin, error) {
	var found []chain.Coin
	for _, c := range r.Coins {
		if c.TxID == txid && c.Address == addr {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		return chain.Coin{}, fmt.Errorf("%s to %s is listed %d times", txid, addr, len(found))
	}
	return found[0], nil
}

// seen waits until the coin is listed and right.
func (b *bench) seen(t *testing.T, cursor, txid, addr string, right func(chain.Coin) bool) chain.Receipts {
	t.Helper()
	var r chain.Receipts
	until(t, func(ctx context.Context) error {
		var err error
		if r, err = b.Node.Since(ctx, cursor); err != nil {
			return err
		}
		c, err := coin(r, txid, addr)
		if err == nil && !right(c) {
			err = fmt.Errorf("got %+v", c)
		}
		return err
	})
	return r
}

func (b *bench) deposit(t *testing.T) {
	addr := b.address(t)
	txid := b.fund(t, addr, 123_456)
	b.seen(t, "", txid, addr, func(c chain.Coin) bool {
		return c.Amount == 123_456*amount.Sat && c.Confirmations == 0 && c.Height == 0 && c.BlockHash == ""
	})
	b.await(t, txid, chain.Mempool)
	b.mine(t, 1)
	r := b.seen(t, "", txid, addr, func(c chain.Coin) bool {
		return c.Amount == 123_456*amount.Sat && c.Confirmations == 1 && c.Height > 0 && len(c.BlockHash) == 64
	})
	if c, _ := coin(r, txid, addr); c.Height != r.Height {
		t.Errorf("in block %d, and the tip is %d", c.Height, r.Height)
	}
	b.mine(t, 2)
	b.seen(t, "", txid, addr, func(c chain.Coin) bool { return c.Confirmations == 3 })
	until(t, func(ctx context.Context) error {
		got, err := b.Node.Tx(ctx, txid)
		if err == nil && (got.State != chain.Confirmed || got.Confirmations != 3 || got.Height == 0 || len(got.BlockHash) != 64) {
			err = fmt.Errorf("got %+v", got)
		}
		return err
	})
	if got := b.balance(t); got.Confirmed != 123_456*amount.Sat || got.Unconfirmed != 0 {
		t.Errorf("got balance %+v", got)
	}
}

func (b *bench) cursor(t *testing.T) {
	addr := b.address(t)
	old := b.fund(t, addr, 30_000)
	b.mine(t, 1)
	first := b.seen(t, "", old, addr, func(c chain.Coin) bool { return c.Confirmations == 1 })

	// Below Overlap the coin is listed again, with what is new.
	b.mine(t, chain.Overlap-2)
	b.seen(t, first.Cursor, old, addr, func(c chain.Coin) bool { return c.Confirmations == chain.Overlap-1 })

	// A coin that nobody asked about while it was young is still listed from
	// the old cursor, however deep it is by then.
	young := b.fund(t, addr, 40_000)
	b.mine(t, chain.Overlap+10)
	r := b.seen(t, first.Cursor, young, addr, func(c chain.Coin) bool { return c.Confirmations == chain.Overlap+10 })
	if _, err := coin(r, old, addr); err != nil {
		t.Error(err)
	}

	// From the new cursor both are past, and what comes is listed.
	newest := b.fund(t, addr, 50_000)
	r = b.seen(t, r.Cursor, newest, addr, func(c chain.Coin) bool { return c.Confirmations == 0 })
	if _, err := coin(r, old, addr); err == nil {
		t.Error("listed for ever")
	}
	b.mine(t, 1)
	b.seen(t, r.Cursor, newest, addr, func(c chain.Coin) bool { return c.Confirmations == 1 })

	if _, err := b.Node.Since(t.Context(), "no cursor"); err == nil {
		t.Error("nonsense is taken for a cursor")
	}
}

func (b *bench) reorg(t *testing.T) {
	addr := b.address(t)
	txid := b.fund(t, addr, 60_000)
	b.mine(t, 3)
	r := b.seen(t, "", txid, addr, func(c chain.Coin) bool { return c.Confirmations == 3 })
	was, err := coin(r, txid, addr)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Reorg(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	b.seen(t, r.Cursor, txid, addr, func(c chain.Coin) bool {
		return c.BlockHash != was.BlockHash && c.Confirmations > 0
	})
}

func (b *bench) replaced(t *testing.T) {
	addr := b.address(t)
	txid := b.fund(t, addr, 70_000)
	b.seen(t, "", txid, addr, func(c chain.Coin) bool { return c.Confirmations == 0 })
	if err := b.Replace(t.Context(), txid); err != nil {
		t.Fatal(err)
	}
	next := b.fund(t, addr, 71_000)
	b.mine(t, 1)
	r := b.seen(t, "", next, addr, func(c chain.Coin) bool { return c.Confirmations == 1 })
	// A wallet that never hears of the replacement may list it for long.
	if c, err := coin(r, txid, addr); err == nil && c.Confirmations != 0 {
		t.Errorf("got %+v", c)
	}
	if got, err := b.Node.Tx(t.Context(), txid); err != nil || got.State == chain.Confirmed {
		t.Errorf("got %+v (%v)", got, err)
	}
}

func (b *bench) rates(t *testing.T) {
	for _, speed := range []string{"slow", "normal", "fast"} {
		if rate, err := b.Node.FeeRate(t.Context(), chain.Targets[speed]); err != nil || rate < 1000 {
			t.Errorf("%s: got %d (%v)", speed, rate, err)
		}
	}
}

func (b *bench) unknown(t *testing.T) {
	const nobody = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
	if got, err := b.Node.Tx(t.Context(), nobody); err != nil || got != (chain.TxStatus{}) {
		t.Errorf("got %+v (%v)", got, err)
	}
	if _, err := b.Node.Tx(t.Context(), "xyz"); err == nil || errors.Is(err, chain.ErrUnreachable) {
		t.Errorf("no txid: got %v", err)
	}
}
