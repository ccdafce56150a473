package lightningtest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lightning"
)

func (b *bench) info(t *testing.T) {
	info, err := b.Node.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info.Network != b.Network || len(info.PubKey) != 66 || info.Height == 0 || !info.Synced || info.Version == "" {
		t.Errorf("got %+v", info)
	}
	if got := b.local(t); got <= 0 {
		t.Errorf("the channels hold %d msat", got)
	}
}

func (b *bench) decode(t *testing.T) {
	begin := time.Now().Add(-time.Second)
	text, err := b.Far.Invoice(t.Context(), 1_234_567, "green tea ☕", 10*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string]string{"as it is": text, "in capitals": strings.ToUpper(text)} {
		got, err := b.Node.Decode(t.Context(), form)
		if err != nil {
			t.Fatal(err)
		}
		if got.Text != text || got.Amount != 1_234_567 || got.Description != "green tea ☕" || got.DescriptionHash != nil || got.Ours || len(got.Payee) != 66 {
			t.Errorf("%s: got %+v", name, got)
		}
		if got.Created.Before(begin) || got.Created.After(time.Now().Add(time.Second)) || got.Expires.Sub(got.Created) != 10*time.Minute || got.MinFinalCLTV <= 0 {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func (b *bench) bad(t *testing.T) {
	text, err := b.Far.Invoice(t.Context(), 1000, "tea", hour)
	if err != nil {
		t.Fatal(err)
	}
	flipped := []byte(text)
	if flipped[len(text)-20]++; flipped[len(text)-20] == '1' || !strings.ContainsRune("qpzry9x8gf2tvdw0s3jn54khce6mua7l", rune(flipped[len(text)-20])) {
		flipped[len(text)-20] = 'q'
	}
	for name, bad := range map[string]string{
		"nothing":         "",
		"a word":          "hello",
		"one letter off":  string(flipped),
		"cut":             text[:len(text)-1],
		"mixed case":      strings.ToUpper(text[:10]) + text[10:],
		"with a space":    text + " ",
		"with a path":     text + "/../../v1/getinfo",
		"a path inside":   text[:strings.LastIndexByte(text, '1')] + "/../../getinfo?" + text[strings.LastIndexByte(text, '1'):],
		"another network": b.Foreign,
		"very long":       text + strings.Repeat("q", 10_000),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := b.Node.Decode(t.Context(), bad); !errors.Is(err, lightning.ErrBadInvoice) {
				t.Errorf("read as %+v (%v)", got, err)
			}
			p := lightning.Payment{Invoice: bad, FeeLimit: limit, MaxCLTV: blocks}
			if o, err := b.Node.Pay(t.Context(), p); !errors.Is(err, lightning.ErrRefused) {
				t.Errorf("paid as %+v (%v)", o, err)
			}
		})
	}
}

func (b *bench) cancel(t *testing.T) {
	inv := b.ask(t, 1000)
	for _, when := range []string{"once", "again"} {
		if err := b.Node.Cancel(t.Context(), inv.Hash); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	if err := b.Far.Pay(t.Context(), inv.Text, 0); err == nil {
		t.Error("a cancelled invoice was paid")
	}
	paid := b.ask(t, 1000)
	if err := b.Far.Pay(t.Context(), paid.Text, 0); err != nil {
		t.Fatal(err)
	}
	if err := b.Node.Cancel(t.Context(), paid.Hash); !errors.Is(err, lightning.ErrSettled) {
		t.Errorf("a paid one: got %v", err)
	}
	_, unknown := secret()
	if err := b.Node.Cancel(t.Context(), unknown); !errors.Is(err, lightning.ErrNoInvoice) {
		t.Errorf("an unknown one: got %v", err)
	}
}

// lasting is about invoices that nobody can take back: who wants to pay one in
// another way has to know that it may still be paid.
func (b *bench) lasting(t *testing.T) {
	inv := b.ask(t, 1000)
	for _, when := range []string{"once", "again"} {
		if err := b.Node.Cancel(t.Context(), inv.Hash); !errors.Is(err, lightning.ErrRefused) {
			t.Errorf("%s: %v", when, err)
		}
	}
	last := b.last(t)
	if err := b.Far.Pay(t.Context(), inv.Text, 0); err != nil {
		t.Fatal(err)
	}
	if got := b.settled(t, last, 1)[0]; got.Hash != inv.Hash {
		t.Errorf("%v came, want %v", got.Hash, inv.Hash)
	}
	if err := b.Node.Cancel(t.Context(), inv.Hash); !errors.Is(err, lightning.ErrSettled) {
		t.Errorf("a paid one: got %v", err)
	}
	_, unknown := secret()
	if err := b.Node.Cancel(t.Context(), unknown); !errors.Is(err, lightning.ErrNoInvoice) {
		t.Errorf("an unknown one: got %v", err)
	}
}

// cancelRace lets a payer and a cancellation run at the same invoice.
func (b *bench) cancelRace(t *testing.T) {
	const rounds = 12
	last, paid := b.last(t), 0
	for i := range rounds {
		inv := b.ask(t, 1000)
		var race sync.WaitGroup
		var payErr error
		begun := make(chan struct{})
		race.Go(func() {
			close(begun)
			payErr = b.Near.Pay(t.Context(), inv.Text, 0)
		})
		<-begun
		wait(t, time.Duration(i)*4*time.Millisecond)
		err := b.Node.Cancel(t.Context(), inv.Hash)
		race.Wait()
		switch {
		case err == nil && payErr != nil:
		case errors.Is(err, lightning.ErrSettled) && payErr == nil:
			if got := b.settled(t, last, 1)[0]; got.Hash != inv.Hash {
				t.Errorf("round %d: %v came, want %v", i, got.Hash, inv.Hash)
			} else {
				last = got.SettleIndex
			}
			paid++
		default:
			t.Errorf("round %d: cancelling said %v, paying %v", i, err, payErr)
		}
	}
	t.Logf("%d of %d were paid", paid, rounds)
}

// wait spreads the rounds of a race; nothing relies on how long it takes.
func wait(t *testing.T, d time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	<-ctx.Done()
}
