package chaintest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
)

// RunBalance holds a node to what the contract says of what the wallet holds. The
// facts share one wallet, in order.
func RunBalance(t *testing.T, open func(t *testing.T) Bench) {
	b := &bench{Bench: open(t)}
	for _, f := range []struct {
		name string
		test func(*bench, *testing.T)
	}{
		{"an empty wallet holds nothing", (*bench).holdsNothing},
		{"coins that are locked count", (*bench).holdsLocked},
		{"coins that are spent count no longer, before the block and after it", (*bench).holdsChange},
		{"change that is locked waits for its block like any other", (*bench).holdsLockedChange},
		{"nor do those of several payments that wait", (*bench).holdsSeveral},
	} {
		t.Run(f.name, func(t *testing.T) { f.test(b, t) })
	}
}

func (b *bench) holdsNothing(t *testing.T) {
	b.holds(t, 0, 0)
}

// held prepares a payment and locks its coins for long, as who stores it does.
func (b *bench) held(t *testing.T, sat int64) chain.Prepared {
	t.Helper()
	var p chain.Prepared
	until(t, func(ctx context.Context) (err error) {
		p, err = b.Node.Prepare(ctx, b.out(sat), Rate, high)
		return err
	})
	if err := b.Node.Hold(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	return p
}

// holds waits until the wallet holds so much.
func (b *bench) holds(t *testing.T, confirmed, unconfirmed amount.Msat) {
	t.Helper()
	want := chain.Balance{Confirmed: confirmed, Unconfirmed: unconfirmed}
	b.counts(t, func(got chain.Balance) bool { return got == want }, fmt.Sprintf("%+v", want))
}

// counts waits until what the wallet holds is right.
func (b *bench) counts(t *testing.T, right func(chain.Balance) bool, want string) {
	t.Helper()
	var got chain.Balance
	until(t, func(ctx context.Context) error {
		now, err := b.Node.Balance(ctx)
		if err == nil {
			got = now
		}
		if err != nil || !right(got) {
			err = fmt.Errorf("got %+v, want %s: %w", got, want, errors.Join(err))
		}
		return err
	})
}

func (b *bench) holdsLocked(t *testing.T) {
	b.give(t, 500_000)
	b.holds(t, 500_000*amount.Sat, 0)
	p := b.held(t, 100_000)
	b.holds(t, 500_000*amount.Sat, 0)
	b.release(t, p)
	b.holds(t, 500_000*amount.Sat, 0)
}

func (b *bench) holdsChange(t *testing.T) {
	p := b.held(t, 100_000)
	b.broadcast(t, p)
	rest := 400_000*amount.Sat - p.Fee
	b.holds(t, 0, rest)
	if err := b.Node.Hold(t.Context(), p); err != nil { // as after a restart
		t.Error(err)
	}
	b.holds(t, 0, rest)
	b.mine(t, 1)
	b.holds(t, rest, 0)
}

func (b *bench) holdsLockedChange(t *testing.T) {
	has := b.balance(t).Confirmed
	first := b.held(t, 50_000)
	b.broadcast(t, first)
	has -= 50_000*amount.Sat + first.Fee
	b.holds(t, 0, has)
	second := b.held(t, 40_000)
	b.holds(t, 0, has)
	b.broadcast(t, second)
	has -= 40_000*amount.Sat + second.Fee
	b.holds(t, 0, has)
	b.mine(t, 1)
	b.holds(t, has, 0)
}

func (b *bench) holdsSeveral(t *testing.T) {
	const coins, sat = 3, 200_000
	has := b.balance(t).Confirmed
	for range coins {
		b.give(t, sat)
	}
	has += coins * sat * amount.Sat
	b.holds(t, has, 0)
	for range coins {
		p := b.held(t, sat/2)
		b.broadcast(t, p)
		has -= sat/2*amount.Sat + p.Fee
	}
	b.counts(t, func(got chain.Balance) bool { return got.Confirmed+got.Unconfirmed == has }, fmt.Sprintf("%d together", has))
	b.mine(t, 1)
	b.holds(t, has, 0)
}
