package lightningtest

import (
	"context"
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/lightning"
)

func (b *bench) replay(t *testing.T) {
	last := b.last(t)
	const n = 3
	hashes := make([]lightning.Hash, n)
	for i := range hashes {
		inv := b.ask(t, 1000)
		hashes[i] = inv.Hash
		if err := b.Near.Pay(t.Context(), inv.Text, 0); err != nil {
			t.Fatal(err)
		}
	}
	after := last
	for i := range hashes {
		got := b.settled(t, after, n-i)
		for j, r := range got {
			if r.Hash != hashes[i+j] {
				t.Errorf("after %d: receipt %d is of %v, want %v", after, j, r.Hash, hashes[i+j])
			}
		}
		after = got[0].SettleIndex
	}
	index := uint64(0)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := b.Node.Settled(ctx, 0, func(r lightning.Receipt) error {
		if r.SettleIndex <= index {
			t.Errorf("index %d comes after %d", r.SettleIndex, index)
		}
		if index = r.SettleIndex; r.Hash == hashes[n-1] {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Errorf("all from the beginning: got %v", err)
	}
}

// live pays each invoice after the one before was told.
func (b *bench) live(t *testing.T) {
	last := b.last(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	came, ended := make(chan lightning.Receipt), make(chan error, 1)
	go func() {
		ended <- b.Node.Settled(ctx, last, func(r lightning.Receipt) error {
			select {
			case came <- r:
			case <-ctx.Done():
			}
			return nil
		})
	}()
	for range 3 {
		inv := b.ask(t, 1000)
		if err := b.Near.Pay(t.Context(), inv.Text, 0); err != nil {
			t.Fatal(err)
		}
		select {
		case r := <-came:
			if r.Hash != inv.Hash {
				t.Errorf("got %+v, want %v", r, inv.Hash)
			}
		case err := <-ended:
			t.Fatal(err)
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v when the context ended", err)
	}
}

func (b *bench) undelivered(t *testing.T) {
	last := b.last(t)
	inv := b.ask(t, 1000)
	if err := b.Near.Pay(t.Context(), inv.Text, 0); err != nil {
		t.Fatal(err)
	}
	full := errors.New("the disk is full")
	if err := b.Node.Settled(t.Context(), last, func(lightning.Receipt) error { return full }); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	if got := b.settled(t, last, 1); got[0].Hash != inv.Hash {
		t.Errorf("got %+v, want %v", got, inv.Hash)
	}
}

// cutSettled stores a cursor with each receipt, as a daemon does, and begins
// anew from there after each cut.
func (b *bench) cutSettled(t *testing.T) {
	last := b.last(t)
	const n = 4
	for range n {
		if err := b.Near.Pay(t.Context(), b.ask(t, 1000).Text, 0); err != nil {
			t.Fatal(err)
		}
	}
	for cut := range n + 1 {
		cursor, got := last, 0
		b.CutSettled(cut)
		for got < n {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			err := b.Node.Settled(ctx, cursor, func(r lightning.Receipt) error {
				if r.SettleIndex <= cursor {
					t.Errorf("cut after %d: %d came again", cut, r.SettleIndex)
				}
				if cursor = r.SettleIndex; got == n-1 {
					got++
					return errEnough
				}
				got++
				return nil
			})
			cancel()
			if !errors.Is(err, errEnough) && !errors.Is(err, lightning.ErrUnreachable) {
				t.Fatalf("cut after %d: got %v", cut, err)
			}
		}
	}
}
