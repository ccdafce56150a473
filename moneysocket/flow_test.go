//go:build !js

package moneysocket_test

import (
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// converse plays all that an app can do with a wallet of 1000 sat.
func converse(t *testing.T, a *app, w *purse) {
	ctx := soon(t)
	info, err := a.Info(ctx)
	if err != nil || !info.Payer || !info.Payee || info.Wad.Msats != 1_000_000 {
		t.Fatalf("info: got %+v, %v", info, err)
	}
	bolt11, err := a.Invoice(ctx, 2500, "one opinion")
	if err != nil {
		t.Fatal(err)
	}
	if i, err := moneysocket.ParseInvoice(bolt11); err != nil || i.Amount != 2500 {
		t.Errorf("invoice: got %+v, %v", i, err)
	}
	text, hash := preimage(1) // of that invoice
	w.Received(text)
	if got := <-a.received; got.Hash != hash || got.Preimage != text || got.Bolt11 != bolt11 || got.Msats != 2500 {
		t.Errorf("received: got %+v", got)
	}
	want, hash := preimage(7)
	got, err := a.Pay(ctx, invoice(300_000, hash))
	if err != nil || got != want {
		t.Errorf("pay: got %q, %v", got, err)
	}
	a.balance(t, 700_000)
	_, hash = preimage(8)
	_, err = a.Pay(ctx, invoice(700_001, hash))
	if no, ok := errors.AsType[*moneysocket.Refused](err); !ok || no.Text != "insufficient balance" {
		t.Errorf("pay too much: got %v", err)
	}
	if w.payments() != 1 {
		t.Errorf("%d payments, want 1", w.payments())
	}
}

func TestAllDirections(t *testing.T) {
	s := moneysocket.NewSeed()
	for name, links := range map[string]func(t *testing.T) (of, to moneysocket.Link){
		"both dial a relay": func(t *testing.T) (of, to moneysocket.Link) {
			at := serve(t, &moneysocket.Relay{Limits: loose})
			return fast(s, at), fast(s, at)
		},
		"the provider listens": func(t *testing.T) (of, to moneysocket.Link) {
			r := &moneysocket.Relay{Limits: loose}
			return fast(s, serve(t, r)), moneysocket.Incoming(r, s)
		},
		"the consumer listens": func(t *testing.T) (of, to moneysocket.Link) {
			r := &moneysocket.Relay{Limits: loose}
			return moneysocket.Incoming(r, s), fast(s, serve(t, r))
		},
		"both are in one process": func(t *testing.T) (of, to moneysocket.Link) {
			r := &moneysocket.Relay{Limits: loose}
			t.Cleanup(r.Close)
			return moneysocket.Incoming(r, s), moneysocket.Incoming(r, s)
		},
	} {
		t.Run(name, func(t *testing.T) {
			of, to := links(t)
			a, w := newApp(of), newPurse(1_000_000)
			a.run(t)
			w.run(t, to)
			converse(t, a, w)
		})
	}
}

// A bidirectional provider: one app comes in, it goes out to another.
func TestAProviderWithTwoLinks(t *testing.T) {
	own, foreign := &moneysocket.Relay{Limits: loose}, &moneysocket.Relay{Limits: loose}
	in, out := moneysocket.NewSeed(), moneysocket.NewSeed()
	at := serve(t, foreign)
	a, b, w := newApp(fast(in, serve(t, own))), newApp(fast(out, at)), newPurse(1_000_000)
	a.run(t)
	b.run(t)
	w.run(t, moneysocket.Incoming(own, in), fast(out, at))
	converse(t, a, w)
	b.balance(t, 700_000) // what one app pays, the other sees
}

func TestNotReadyUntilTheWalletIsShown(t *testing.T) {
	r := &moneysocket.Relay{Limits: loose}
	s := moneysocket.NewSeed()
	a := newApp(fast(s, serve(t, r)))
	w := &moneysocket.Provider{OnEvent: func(moneysocket.Event) {}}
	a.run(t)
	p := &purse{Provider: w}
	p.run(t, moneysocket.Incoming(r, s))
	await(t, a.events, moneysocket.Joined)
	w.Show(false, true, moneysocket.Bitcoin(5))
	info, err := a.Info(soon(t))
	if err != nil || info.Payer || !info.Payee || info.Wad.Msats != 5 {
		t.Errorf("got %+v, %v", info, err)
	}
}
