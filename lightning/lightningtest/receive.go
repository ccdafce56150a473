package lightningtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
)

// first begins before anything was ever paid to the node.
func (b *bench) first(t *testing.T) {
	inv := b.ask(t, 1000*amount.Sat)
	ctx, cancel := context.WithTimeout(t.Context(), glance)
	defer cancel()
	err := b.Node.Settled(ctx, 0, func(r lightning.Receipt) error {
		t.Errorf("delivered %+v", r)
		return nil
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v when the context ended", err)
	}
	paid := make(chan error, 1)
	go func() { paid <- b.Far.Pay(t.Context(), inv.Text, 0) }()
	if got := b.settled(t, 0, 1); got[0].Hash != inv.Hash {
		t.Errorf("got %+v, want %v", got, inv.Hash)
	}
	if err := <-paid; err != nil {
		t.Error(err)
	}
}

func (b *bench) invoice(t *testing.T) {
	hash := sha256.Sum256([]byte("a long story"))
	for name, tt := range map[string]lightning.Ask{
		"amount and description": {Amount: 1_234_567, Description: "green tea, 2 × 50 g", Expiry: 10 * time.Minute},
		"no amount":              {Description: "as you like", Expiry: time.Hour},
		"a description's hash":   {Amount: 1000, DescriptionHash: hash[:], Expiry: 24 * time.Hour},
		"nothing said":           {Amount: 1000, Expiry: time.Second},
		"a long description":     {Amount: 1000, Description: strings.Repeat("é", 319), Expiry: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			var h lightning.Hash
			tt.Preimage, h = secret()
			before := time.Now().Add(-time.Second)
			made, err := b.Node.Invoice(t.Context(), tt)
			if err != nil {
				t.Fatal(err)
			}
			if made.Hash != h || made.Amount != tt.Amount || made.Description != tt.Description || !bytes.Equal(made.DescriptionHash, tt.DescriptionHash) {
				t.Errorf("got %+v, asked for %+v", made, tt)
			}
			if made.Created.Before(before) || made.Expires.Sub(made.Created) != tt.Expiry || !made.Ours {
				t.Errorf("got %+v", made)
			}
			read, err := b.Node.Decode(t.Context(), made.Text)
			if err != nil || !same(read, made) {
				t.Errorf("read as %+v (%v), made as %+v", read, err, made)
			}
		})
	}
}

func same(a, b lightning.Invoice) bool {
	hashes := bytes.Equal(a.DescriptionHash, b.DescriptionHash)
	times := a.Created.Equal(b.Created) && a.Expires.Equal(b.Expires)
	return hashes && times && a.Text == b.Text && a.Hash == b.Hash && a.Payee == b.Payee && a.Amount == b.Amount &&
		a.Description == b.Description && a.MinFinalCLTV == b.MinFinalCLTV && a.Ours == b.Ours
}

func (b *bench) repeat(t *testing.T) {
	p, _ := secret()
	ask := lightning.Ask{Preimage: p, Amount: 1_234_567, Description: "once", Expiry: time.Hour}
	made, err := b.Node.Invoice(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.Node.Invoice(t.Context(), ask)
	if err != nil || !same(made, again) {
		t.Errorf("got %+v (%v), want %+v", again, err, made)
	}
	ask.Amount, ask.Description = 1, "other"
	other, err := b.Node.Invoice(t.Context(), ask)
	if err != nil || !same(made, other) {
		t.Errorf("with another amount: got %+v (%v), want %+v", other, err, made)
	}
}

func (b *bench) impossible(t *testing.T) {
	for name, spoil := range map[string]func(*lightning.Ask){
		"no preimage":                  func(a *lightning.Ask) { a.Preimage = lightning.Preimage{} },
		"a negative amount":            func(a *lightning.Ask) { a.Amount = -1 },
		"more than there is":           func(a *lightning.Ask) { a.Amount = amount.Max + 1 },
		"no time":                      func(a *lightning.Ask) { a.Expiry = 0 },
		"a description of 640 bytes":   func(a *lightning.Ask) { a.Description = strings.Repeat("x", 640) },
		"a description's hash of 31":   func(a *lightning.Ask) { a.DescriptionHash = make([]byte, 31) },
		"an expiry beyond all clocks":  func(a *lightning.Ask) { a.Expiry = 1<<63 - 1 },
		"a description in no language": func(a *lightning.Ask) { a.Description = "\xff\xfe" },
	} {
		t.Run(name, func(t *testing.T) {
			ask := lightning.Ask{Amount: 1000, Description: "tea", Expiry: time.Hour}
			ask.Preimage, _ = secret()
			spoil(&ask)
			if inv, err := b.Node.Invoice(t.Context(), ask); !errors.Is(err, lightning.ErrRefused) {
				t.Errorf("got %+v (%v)", inv, err)
			}
		})
	}
}

func (b *bench) receive(t *testing.T) {
	last := b.last(t)
	for name, tt := range map[string]struct{ asked, paid, want amount.Msat }{
		"to the msat":       {1_234_567, 0, 1_234_567},
		"as the payer will": {0, 2_000_001, 2_000_001},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.asked == 0 && !b.Can.Terms {
				t.Skip(noTerms)
			}
			inv := b.ask(t, tt.asked)
			before := time.Now().Add(-2 * time.Second)
			if err := b.Far.Pay(t.Context(), inv.Text, tt.paid); err != nil {
				t.Fatal(err)
			}
			got := b.settled(t, last, 1)[0]
			if got.Hash != inv.Hash || got.Amount != tt.want || sha256.Sum256(got.Preimage[:]) != got.Hash || got.Keysend {
				t.Errorf("got %+v, want %d msat for %v", got, tt.want, inv.Hash)
			}
			if got.SettleIndex <= last || got.Settled.Before(before) || got.Settled.After(time.Now().Add(time.Second)) {
				t.Errorf("got %+v after %d", got, last)
			}
			last = got.SettleIndex
		})
	}
}

func (b *bench) keysend(t *testing.T) {
	last := b.last(t)
	info, err := b.Node.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Far.Push(t.Context(), info.PubKey, 5000); err != nil {
		t.Fatal(err)
	}
	if got := b.settled(t, last, 1)[0]; !got.Keysend || got.Amount != 5000 {
		t.Errorf("got %+v", got)
	}
}

func (b *bench) received(t *testing.T) {
	unpaid := b.ask(t, 1000)
	b.last(t)
	all := b.listed(t, 1000)
	live := b.settled(t, 0, len(all))
	for _, limit := range []int{1, 2, 1000} {
		got := make(map[lightning.Hash]lightning.Receipt)
		for _, r := range b.listed(t, limit) {
			got[r.Hash] = r
		}
		for _, r := range live {
			if got[r.Hash] != r {
				t.Errorf("%d at a time: listed as %+v, delivered as %+v", limit, got[r.Hash], r)
			}
		}
		if _, ok := got[unpaid.Hash]; ok || len(got) != len(live) {
			t.Errorf("%d at a time: %d receipts, want %d; unpaid among them %v", limit, len(got), len(live), ok)
		}
	}
}

// listed walks through all of Received.
func (b *bench) listed(t *testing.T, limit int) (all []lightning.Receipt) {
	t.Helper()
	for from := uint64(0); ; {
		page, next, err := b.Node.Received(t.Context(), from, limit)
		if err != nil || len(page) > limit {
			t.Fatalf("a page of %d of %d (%v)", len(page), limit, err)
		}
		if all = append(all, page...); next == from {
			return all
		}
		from = next
	}
}
