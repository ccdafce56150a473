package lightningtest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
)

// begin starts a payment that waits at its payee, and looks away. ErrRefused
// says that the invoice expired first.
func (b *bench) begin(t *testing.T, expiry time.Duration) (lightning.Preimage, lightning.Payment, error) {
	t.Helper()
	secret, p := b.hold(t, much, expiry)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		defer cancel() // if it ends by itself
		o, err := b.Node.Pay(ctx, p)
		if err == nil && o.State != lightning.InFlight {
			err = fmt.Errorf("%w: it ended as %+v", lightning.ErrRefused, o)
		}
		ended <- err
	}()
	held := b.Far.Held(ctx, secret)
	cancel()
	if err := <-ended; err != nil && !errors.Is(err, lightning.ErrUnreachable) {
		held = err
	}
	return secret, p, held
}

// waits starts a payment that waits at its payee.
func (b *bench) waits(t *testing.T) (lightning.Preimage, lightning.Payment) {
	t.Helper()
	secret, p, err := b.begin(t, hour)
	if err != nil {
		t.Fatal(err)
	}
	return secret, p
}

// inFlight asks for a payment again, until there was time enough to hear of it.
func (b *bench) inFlight(t *testing.T, p lightning.Payment) {
	t.Helper()
	for patient := glance; ; patient *= 2 {
		ctx, cancel := context.WithTimeout(t.Context(), patient)
		o, err := b.Node.Pay(ctx, p)
		cancel()
		if errors.Is(err, lightning.ErrUnreachable) && patient < patience {
			continue
		}
		wants(t, o, err, lightning.InFlight)
		return
	}
}

// late takes every way to ask for a payment that waits.
func (b *bench) late(t *testing.T) {
	before := b.local(t)
	secret, p := b.waits(t)
	b.find(t, p.Hash, lightning.InFlight)
	b.inFlight(t, p)
	// Who opened a channel pays for the space of what waits in it, some
	// hundred satoshis.
	now, err := b.Node.Balance(t.Context())
	if err != nil || now.Local > before || now.Local < before-much/10 {
		t.Errorf("the channels hold %d msat (%v) while it waits, and held %d", now.Local, err, before)
	}
	if err := b.Far.Release(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	o, err := b.Node.Pay(t.Context(), p)
	wants(t, o, err, lightning.Succeeded)
	if o.Preimage != secret {
		t.Error("another preimage than the payee's")
	}
	b.costs(t, before, o.Amount+o.Fee)
}

func (b *bench) returned(t *testing.T) {
	before := b.local(t)
	_, p := b.waits(t)
	if err := b.Far.Cancel(t.Context(), p.Hash); err != nil {
		t.Fatal(err)
	}
	until(t, func(ctx context.Context) error {
		o, err := b.Node.Find(ctx, p.Hash)
		if err == nil && o.State == lightning.InFlight {
			return errors.New("still in flight")
		}
		wants(t, o, err, lightning.Failed, lightning.Wrong)
		return nil
	})
	b.costs(t, before, 0)
}

// expires is about money on its way for an invoice that has run out: to hear
// that it cannot be paid any more would be believed.
func (b *bench) expires(t *testing.T) {
	expiry := 2 * time.Second
	secret, p, err := b.begin(t, expiry)
	for errors.Is(err, lightning.ErrRefused) { // it had no time to get there
		expiry *= 2
		secret, p, err = b.begin(t, expiry)
	}
	if err != nil {
		t.Fatal(err)
	}
	inv, err := b.Node.Decode(t.Context(), p.Invoice)
	if err != nil {
		t.Fatal(err)
	}
	wait(t, time.Until(inv.Expires.Add(time.Second)))
	b.inFlight(t, p)
	if err := b.Far.Release(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	o, err := b.Node.Pay(t.Context(), p)
	wants(t, o, err, lightning.Succeeded)
	again, err := b.Node.Pay(t.Context(), p)
	if err != nil || again != o {
		t.Errorf("again: got %+v (%v), want %+v", again, err, o)
	}
}

// cutPay cuts a payment's connection after 0, 1, 2... messages, until a
// payment got through whole.
func (b *bench) cutPay(t *testing.T) {
	for cut := 0; ; cut++ {
		before := b.local(t)
		p := b.bill(t, b.Far, 1000*amount.Sat)
		b.CutPay(cut)
		o, err := b.Node.Pay(t.Context(), p)
		whole := err == nil
		if !whole && !errors.Is(err, lightning.ErrUnreachable) {
			t.Fatalf("cut after %d: got %+v (%v)", cut, o, err)
		}
		if !whole && o.State != lightning.NotFound && o.State != lightning.InFlight {
			t.Errorf("cut after %d: got %+v beside an error", cut, o)
		}
		o, err = b.Node.Pay(t.Context(), p)
		wants(t, o, err, lightning.Succeeded)
		b.find(t, p.Hash, lightning.Succeeded)
		b.costs(t, before, o.Amount+o.Fee)
		if whole {
			t.Logf("a payment has %d messages", cut)
			return
		}
	}
}

func (b *bench) frozen(t *testing.T) {
	p := b.bill(t, b.Far, 1000)
	if err := b.Pause(); err != nil {
		t.Fatal(err)
	}
	until(t, func(context.Context) error { // it may still have said what it was saying
		ctx, cancel := context.WithTimeout(t.Context(), glance)
		defer cancel()
		if _, err := b.Node.Info(ctx); err == nil {
			return errors.New("it answers")
		}
		return nil
	})
	for name, call := range map[string]func(context.Context) error{
		"info":    func(ctx context.Context) error { _, err := b.Node.Info(ctx); return err },
		"pay":     func(ctx context.Context) error { _, err := b.Node.Pay(ctx, p); return err },
		"find":    func(ctx context.Context) error { _, err := b.Node.Find(ctx, p.Hash); return err },
		"balance": func(ctx context.Context) error { _, err := b.Node.Balance(ctx); return err },
		"decode":  func(ctx context.Context) error { _, err := b.Node.Decode(ctx, p.Invoice); return err },
		"settled": func(ctx context.Context) error {
			return b.Node.Settled(ctx, 1, func(lightning.Receipt) error { return nil })
		},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), glance)
		if err := call(ctx); !errors.Is(err, lightning.ErrUnreachable) {
			t.Errorf("%s: got %v", name, err)
		}
		cancel()
	}
	if err := b.Resume(); err != nil {
		t.Fatal(err)
	}
	o, err := b.Node.Pay(t.Context(), p) // that of the frozen node may have begun by now
	wants(t, o, err, lightning.Succeeded)
}

// killed lets a payment end while the node is not there.
func (b *bench) killed(t *testing.T) {
	for name, end := range map[string]struct {
		act  func(lightning.Preimage, lightning.Hash) error
		want lightning.State
	}{
		"paid":     {func(p lightning.Preimage, _ lightning.Hash) error { return b.Far.Release(t.Context(), p) }, lightning.Succeeded},
		"returned": {func(_ lightning.Preimage, h lightning.Hash) error { return b.Far.Cancel(t.Context(), h) }, lightning.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			secret, p := b.waits(t)
			if err := b.Kill(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := b.Node.Find(t.Context(), p.Hash); !errors.Is(err, lightning.ErrUnreachable) {
				t.Errorf("of a dead node: got %v", err)
			}
			if err := end.act(secret, p.Hash); err != nil {
				t.Fatal(err)
			}
			if err := b.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			until(t, func(ctx context.Context) error {
				o, err := b.Node.Find(ctx, p.Hash)
				if err == nil && (o.State == lightning.NotFound || o.State != lightning.InFlight && o.State != end.want) {
					t.Fatalf("after the restart: got %+v", o)
				}
				if err == nil && o.State != end.want {
					err = fmt.Errorf("still %+v", o)
				}
				return err
			})
		})
	}
}
