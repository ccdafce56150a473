package chaintest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
)

func (b *bench) repeat(t *testing.T) {
	b.give(t, 500_000)
	p := b.pay(t, 70_000)
	for range 3 {
		b.broadcast(t, p)
	}
	b.await(t, p.TxID, chain.Mempool)
	if err := b.Node.Hold(t.Context(), p); err != nil { // spent by this very transaction
		t.Error(err)
	}
	b.mine(t, 1)
	b.settle(t, p.TxID)
	b.broadcast(t, p)
	if err := b.Node.Hold(t.Context(), p); err != nil {
		t.Error(err)
	}
	if err := b.Node.Release(t.Context(), p); err != nil {
		t.Error(err)
	}
	b.settle(t, p.TxID)
}

func (b *bench) lost(t *testing.T) {
	b.give(t, 500_000)
	before := b.balance(t)
	p := b.pay(t, 80_000)
	b.Lose()
	if err := b.Node.Broadcast(t.Context(), p); err != nil {
		wantErr(t, err, chain.ErrUnreachable)
	}
	b.broadcast(t, p)
	b.mine(t, 1)
	b.settle(t, p.TxID)
	after := b.balance(t)
	if got, want := before.Confirmed-after.Confirmed, 80_000*amount.Sat+p.Fee; got != want {
		t.Errorf("%d msat are gone, want %d", got, want)
	}
}

func (b *bench) change(t *testing.T) {
	b.give(t, 500_000)
	addr := b.address(t)
	outs := []chain.Output{{Address: addr, Amount: 33_000_000}}
	p, err := b.Node.Prepare(t.Context(), outs, Rate, high)
	if err != nil {
		t.Fatal(err)
	}
	b.broadcast(t, p)
	b.mine(t, 1)
	r := b.seen(t, "", p.TxID, addr, func(c chain.Coin) bool { return c.Confirmations == 1 && c.Amount == 33_000_000 })
	for _, c := range r.Coins {
		if c.TxID == p.TxID && c.Address != addr {
			t.Errorf("change is listed: %+v", c)
		}
	}
}

func (b *bench) chained(t *testing.T) {
	b.give(t, 500_000)
	// One coin only, so that there is nothing else to spend than its change.
	all, err := b.Node.Prepare(t.Context(), []chain.Output{{Address: b.address(t), Amount: amount.FromSats(b.most(t))}}, Rate, high)
	if err != nil {
		t.Fatal(err)
	}
	b.broadcast(t, all)
	b.mine(t, 1)
	b.settle(t, all.TxID)
	first := b.pay(t, 100_000)
	b.broadcast(t, first)
	var second chain.Prepared
	until(t, func(ctx context.Context) error {
		second, err = b.Node.Prepare(ctx, b.out(100_000), Rate, high)
		return err
	})
	if !slices.ContainsFunc(second.Inputs, func(in chain.Outpoint) bool { return in.TxID == first.TxID }) {
		t.Errorf("%v spends no change of %s", second.Inputs, first.TxID)
	}
	b.broadcast(t, second)
	b.mine(t, 1)
	b.settle(t, first.TxID)
	b.settle(t, second.TxID)
}

func (b *bench) batch(t *testing.T) {
	b.give(t, 800_000)
	var outs []chain.Output
	for i := range 5 {
		outs = append(outs, chain.Output{Address: b.address(t), Amount: amount.FromSats(20_000 + int64(i))})
	}
	fee, err := b.Node.Quote(t.Context(), outs, Rate)
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.Node.Prepare(t.Context(), outs, Rate, 2*fee) // a wallet may choose other coins each time
	if err != nil {
		t.Fatal(err)
	}
	b.broadcast(t, p)
	for _, o := range outs {
		b.seen(t, "", p.TxID, o.Address, func(c chain.Coin) bool { return c.Amount == o.Amount })
	}
	b.mine(t, 1)
	b.settle(t, p.TxID)
}

func (b *bench) conflict(t *testing.T) {
	b.give(t, 500_000)
	most := b.most(t)
	loser := b.pay(t, most)
	b.release(t, loser)
	winner, err := b.Node.Prepare(t.Context(), b.out(most), 4*Rate, high)
	if err != nil {
		t.Fatal(err)
	}
	b.broadcast(t, winner)
	b.await(t, winner.TxID, chain.Mempool)
	passed := func(ctx context.Context) error { // it pays less than what it would replace, which LND calls a fee
		err := b.Node.Broadcast(ctx, loser)
		if errors.Is(err, chain.ErrNotNow) {
			return fmt.Errorf("%w: %w", chain.ErrRefused, err)
		}
		return err
	}
	b.refused(t, passed)
	b.mine(t, 1)
	b.settle(t, winner.TxID)
	b.refused(t, func(ctx context.Context) error { return b.Node.Broadcast(ctx, loser) })
	b.await(t, loser.TxID, chain.Unknown, chain.Conflicted)
	b.refused(t, func(ctx context.Context) error { return b.Node.Hold(ctx, loser) })
	b.release(t, loser) // is no error
	b.settle(t, winner.TxID)
}

// refused wants a no, which counts only from a node that has the tip.
func (b *bench) refused(t *testing.T, ask func(context.Context) error) {
	t.Helper()
	until(t, func(ctx context.Context) error {
		err := ask(ctx)
		if errors.Is(err, chain.ErrWarmingUp) {
			return err
		}
		wantErr(t, err, chain.ErrRefused)
		return nil
	})
}

func (b *bench) restart(t *testing.T) {
	b.give(t, 500_000)
	most := b.most(t)
	p := b.pay(t, most)
	if err := b.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	until(t, func(ctx context.Context) error { return b.Node.Hold(ctx, p) })
	_, err := b.Node.Prepare(t.Context(), b.out(most), Rate, high)
	wantErr(t, err, chain.ErrNoFunds)
	b.broadcast(t, p)
	b.mine(t, 1)
	b.settle(t, p.TxID)
}

func (b *bench) frozen(t *testing.T) {
	if err := b.Pause(); err != nil {
		t.Fatal(err)
	}
	resumed := false
	defer func() {
		if !resumed {
			if err := b.Resume(); err != nil {
				t.Error(err)
			}
		}
	}()
	for _, call := range []func(context.Context) error{
		func(ctx context.Context) error { _, err := b.Node.Address(ctx, ""); return err },
		func(ctx context.Context) error { _, err := b.Node.Since(ctx, ""); return err },
		func(ctx context.Context) error { _, err := b.Node.Info(ctx); return err },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		done := make(chan error, 1)
		go func() { done <- call(ctx) }()
		select {
		case err := <-done:
			wantErr(t, err, chain.ErrUnreachable)
		case <-time.After(patience):
			t.Error("it still hangs")
		}
		cancel()
	}
	if err := b.Resume(); err != nil {
		t.Fatal(err)
	}
	resumed = true
	until(t, func(ctx context.Context) error {
		if _, err := b.Node.Info(ctx); err != nil {
			return fmt.Errorf("after the pause: %w", err)
		}
		return nil
	})
}
