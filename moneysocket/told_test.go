//go:build !js

package moneysocket_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// A Terminus says to all sessions of an account what it says to one
// (provider_error and notify_invoice in terminus/app.py), with the UUID of a
// request that the others never made.
func TestWhatIsSaidToAnotherSession(t *testing.T) {
	s := moneysocket.NewSeed()
	const theirs = "22222222-2222-4222-8222-222222222222"
	text, hash := preimage(1)
	w := newWire()
	a := newApp(link(s, w))
	errs, invoices := make(chan string, 8), make(chan string, 8)
	a.OnError = func(no moneysocket.Refused) { errs <- no.Text }
	a.OnInvoice = func(bolt11 string) { invoices <- bolt11 }
	a.run(t)
	w.provide(t, s, 1000)
	if _, err := a.Info(soon(t)); err != nil {
		t.Fatal(err)
	}
	for ref, said := range map[string]string{theirs: "account cap exceeded", "": "boom"} {
		no := moneysocket.NewNotification(moneysocket.NotifyError, ref)
		no.Error = said
		w.say(s, no)
		if got := <-errs; got != said {
			t.Errorf("an error: got %q, want %q", got, said)
		}
	}
	made := moneysocket.NewNotification(moneysocket.NotifyInvoice, theirs)
	made.Bolt11 = invoice(2500, hash)
	w.say(s, made)
	if got := <-invoices; got != made.Bolt11 {
		t.Errorf("an invoice: got %q", got)
	}
	paid := moneysocket.NewNotification(moneysocket.NotifyPreimage, "")
	paid.Preimage = text
	w.say(s, paid)
	asked(t, w, s, moneysocket.NotifyPong)
	if n := len(a.received); n != 0 {
		t.Errorf("%d payments of invoices that nobody watches", n)
	}
	if err := a.Watch("lnbc1nothing"); err == nil {
		t.Error("nothing is watched")
	}
	if err := a.Watch(made.Bolt11); err != nil {
		t.Fatal(err)
	}
	w.say(s, paid)
	if got := <-a.received; got.Bolt11 != made.Bolt11 || got.Preimage != text || got.Msats != 2500 {
		t.Errorf("a watched invoice: got %+v", got)
	}
}

func TestTheFeeComesWithTheProof(t *testing.T) {
	for name, tt := range map[string]struct {
		ext  string
		fee  moneysocket.Msat
		told bool
	}{
		"a fee":               {`{"fee_msats": 12}`, 12, true},
		"as we write it":      {moneysocket.FeeExt(12), 12, true},
		"that there was none": {`{"fee_msats": 0, "route": "direct"}`, 0, true},
		"nothing":             {"", 0, false},
		"something else":      {`{"opinion": "bullish"}`, 0, false},
		"no JSON":             {"paid with a smile", 0, false},
		"a part of a msat":    {`{"fee_msats": 1.5}`, 0, false},
		"less than nothing":   {`{"fee_msats": -1}`, 0, false},
		"all there is":        {`{"fee_msats": 99999999999999999999}`, 0, false},
		"a text":              {`{"fee_msats": "12"}`, 0, false},
		"null":                {`{"fee_msats": null}`, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := moneysocket.NewSeed()
			text, hash := preimage(1)
			w, a := provided(t, s)
			go func() {
				m := w.hear(t, s, moneysocket.RequestPay)
				proof := moneysocket.NewNotification(moneysocket.NotifyPreimage, m.UUID)
				if proof.Preimage = text; tt.ext != "" {
					proof.Ext = &tt.ext
				}
				w.say(s, proof)
			}()
			got, err := a.Prove(soon(t), invoice(500, hash))
			if fee, told := got.Fee(); err != nil || got.Preimage != text || fee != tt.fee || told != tt.told {
				t.Errorf("got %+v, %v: fee %d, %v", got, err, fee, told)
			}
		})
	}
	if got := moneysocket.FeeExt(0); got != "" {
		t.Errorf("no fee: got %q", got)
	}
}

// huge begins like an invoice, and is longer than any QR code.
func huge() string {
	return again("lnbc25n") + strings.Repeat("q", 60_000)
}

// Silence would be "don't know", and the app would wait for ever.
func TestAnInvoiceThatIsFarTooLongIsAnswered(t *testing.T) {
	s := moneysocket.NewSeed()
	w := newWire()
	p := newPurse(1000)
	p.run(t, link(s, w))
	w.consume(t, s)
	ask := moneysocket.NewRequest(moneysocket.RequestPay)
	ask.Bolt11 = huge()
	w.say(s, ask)
	if got := w.hear(t, s, moneysocket.NotifyError); got.Ref != ask.UUID || got.Error == "" {
		t.Errorf("got %+v", got)
	}
	t.Run("by a consumer, too", func(t *testing.T) {
		w, a := provided(t, s)
		go func() {
			m := w.hear(t, s, moneysocket.RequestInvoice)
			made := moneysocket.NewNotification(moneysocket.NotifyInvoice, m.UUID)
			made.Bolt11 = huge()
			w.say(s, made)
		}()
		if _, err := a.Invoice(soon(t), 2500, ""); !errors.Is(err, moneysocket.ErrWrong) {
			t.Errorf("got %v", err)
		}
	})
}

// What went wrong is said, and nothing else.
func TestWhyNothingWasSent(t *testing.T) {
	_, a := provided(t, moneysocket.NewSeed())
	_, hash := preimage(1)
	_, err := a.Pay(soon(t), flipped(invoice(500, hash)))
	if !errors.Is(err, moneysocket.ErrNotSent) || err.Error() != "nothing was sent: not a bolt11 invoice" {
		t.Errorf("a broken invoice: got %v", err)
	}
	if _, err = a.Invoice(soon(t), -1, ""); !errors.Is(err, moneysocket.ErrNotSent) || strings.Contains(err.Error(), "provider") {
		t.Errorf("no amount: got %v", err)
	}
	lonely := newApp(link(moneysocket.NewSeed()))
	lonely.run(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err = lonely.Pay(ctx, invoice(500, hash)); !errors.Is(err, moneysocket.ErrNotSent) || !errors.Is(err, context.Canceled) ||
		!strings.Contains(err.Error(), "no provider is there") {
		t.Errorf("nobody is there: got %v", err)
	}
}
