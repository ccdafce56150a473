package moneysocket_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// provided is an app at a wire, at whose other end is a wallet with a sat.
func provided(t *testing.T, s moneysocket.Seed) (*wire, *app) {
	t.Helper()
	w := newWire()
	a := newApp(link(s, w))
	a.run(t)
	w.provide(t, s, 1000)
	return w, a
}

func TestWhatAConsumerBelieves(t *testing.T) {
	s := moneysocket.NewSeed()
	text, hash := preimage(1)
	other, _ := preimage(2)
	t.Run("an invoice of the wrong amount is no invoice", func(t *testing.T) {
		w, a := provided(t, s)
		go func() {
			m := w.hear(t, s, moneysocket.RequestInvoice)
			no := moneysocket.NewNotification(moneysocket.NotifyInvoice, m.UUID)
			no.Bolt11 = invoice(2501, hash)
			w.say(s, no)
		}()
		if _, err := a.Invoice(soon(t), 2500, ""); !errors.Is(err, moneysocket.ErrWrong) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("silence about an invoice is no invoice", func(t *testing.T) {
		w := newWire()
		a := newApp(link(s, w))
		a.Patience = time.Millisecond
		a.run(t)
		w.provide(t, s, 1000)
		if _, err := a.Info(soon(t)); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Invoice(soon(t), 2500, ""); !errors.Is(err, moneysocket.ErrUnknown) && !errors.Is(err, moneysocket.ErrNotSent) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a payment is proved by its preimage, whatever it refers to", func(t *testing.T) {
		w, a := provided(t, s)
		go func() {
			m := w.hear(t, s, moneysocket.RequestPay)
			lie := moneysocket.NewNotification(moneysocket.NotifyPreimage, m.UUID)
			lie.Preimage = other
			w.say(s, lie)
			proof := moneysocket.NewNotification(moneysocket.NotifyPreimage, "")
			proof.Preimage = text
			w.say(s, proof)
		}()
		if got, err := a.Pay(soon(t), invoice(500, hash)); err != nil || got != text {
			t.Errorf("got %q, %v", got, err)
		}
	})
	t.Run("an unanswered payment is not a failed one", func(t *testing.T) {
		w, a := provided(t, s)
		ctx, stop := context.WithCancel(t.Context())
		go func() {
			w.hear(t, s, moneysocket.RequestPay)
			stop()
		}()
		if _, err := a.Pay(ctx, invoice(500, hash)); !errors.Is(err, moneysocket.ErrUnknown) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("without a wallet nothing is sent", func(t *testing.T) {
		a := newApp(link(s))
		a.run(t)
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if _, err := a.Pay(ctx, invoice(500, hash)); !errors.Is(err, moneysocket.ErrNotSent) {
			t.Errorf("got %v", err)
		}
		if _, err := a.Pay(soon(t), flipped(invoice(500, hash))); !errors.Is(err, moneysocket.ErrNotSent) {
			t.Errorf("a broken invoice: got %v", err)
		}
	})
	t.Run("an incoming payment is told once", func(t *testing.T) {
		w, a := provided(t, s)
		go func() {
			m := w.hear(t, s, moneysocket.RequestInvoice)
			yes := moneysocket.NewNotification(moneysocket.NotifyInvoice, m.UUID)
			yes.Bolt11 = invoice(2500, hash)
			w.say(s, yes)
		}()
		if _, err := a.Invoice(soon(t), 2500, ""); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			paid := moneysocket.NewNotification(moneysocket.NotifyPreimage, "")
			paid.Preimage = text
			w.say(s, paid)
		}
		asked(t, w, s, moneysocket.NotifyPong)
		if n := len(a.received); n != 1 {
			t.Errorf("told %d times, want 1", n)
		}
	})
}
