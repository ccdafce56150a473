package lightning_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// said is the answer of a teller to a request.
func (w *teller) said(r moneysocket.Request, a moneysocket.Answer) { w.Answer(r.Link, r.UUID, a) }

func TestALinkThatIsLostWhileAPaymentIsUnderWay(t *testing.T) {
	t.Parallel()
	w := opened(t)
	node := w.backend(t)
	p := billOf(t, 1, 5000)
	done := paying(t, node, p)
	r := w.next(t)
	w.lines.cut(true)
	w.alone(t)
	is(t, node, p.Hash, lightning.InFlight)
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if o, err := node.Pay(ctx, p); err != nil || o.State != lightning.InFlight {
		t.Errorf("again, without a link: got %+v (%v)", o, err)
	}
	proof, _ := secret(1)
	w.said(r, moneysocket.Answer{Preimage: proof.Hex()})
	w.lines.cut(false)
	o := ends(t, done, lightning.Succeeded)
	if o.Preimage != proof || o.Amount != 5000 || o.Fee != 0 {
		t.Errorf("got %+v", o)
	}
	if n := w.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestAProviderThatNeverAnswers(t *testing.T) {
	t.Parallel()
	w := opened(t)
	w.makes = func(moneysocket.Request) moneysocket.Answer { return moneysocket.Answer{} }
	node := w.backend(t, func(c *lightning.Config) { c.Timeout = 200 * time.Millisecond })
	p := billOf(t, 1, 5000)
	for range 3 {
		ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
		o, err := node.Pay(ctx, p)
		stop()
		if err != nil || o.State != lightning.InFlight {
			t.Errorf("got %+v (%v)", o, err)
		}
	}
	w.next(t)
	if inv, err := node.Invoice(t.Context(), lightning.Ask{Amount: 1000, Expiry: time.Hour}); !errors.Is(err, lightning.ErrUnreachable) {
		t.Errorf("got %+v (%v)", inv, err)
	}
	if n := w.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	is(t, node, p.Hash, lightning.InFlight)
}

func TestAHundredWhoPayOneInvoiceAskOnce(t *testing.T) {
	t.Parallel()
	w := opened(t)
	node := w.backend(t)
	p := billOf(t, 1, 5000)
	var all []<-chan result
	for range 100 {
		all = append(all, paying(t, node, p))
	}
	proof, _ := secret(1)
	w.said(w.next(t), moneysocket.Answer{Preimage: proof.Hex()})
	for _, done := range all {
		ends(t, done, lightning.Succeeded)
	}
	if n := w.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// What a provider says ends a payment, or leaves it open. Nothing is ever asked
// twice while it is open.
func TestAProviderThatSaysNo(t *testing.T) {
	t.Parallel()
	w := opened(t)
	node := w.backend(t)
	n := 0
	for text, tt := range map[string]struct {
		state  lightning.State
		reason lightning.Reason
	}{
		"insufficent account balance":                       {lightning.Failed, lightning.NoBalance}, // Terminus
		"insufficient balance":                              {lightning.Failed, lightning.NoBalance}, // Costanza
		"send not authorized":                               {lightning.Failed, lightning.Other},
		"she said no":                                       {lightning.Failed, lightning.Other},
		"too many requests at once, try again later":        {lightning.Failed, lightning.Other},
		"the user did not answer in time, nothing was paid": {lightning.Failed, lightning.Other}, // another bitcoim
		"le paiement n'a pas abouti, rien n'a été payé":     {lightning.Failed, lightning.Other},
		"That invoice is being paid already, or is paid.":   {lightning.InFlight, ""},
		"Cette facture est payée, ou en train de l'être.":   {lightning.InFlight, ""},
		"no_route":                                                   {lightning.Failed, lightning.NoRoute},
		"incorrect_payment_details":                                  {lightning.Failed, lightning.Wrong},
		"invoice expired. Valid until 2026-01-01":                    {lightning.Failed, lightning.Wrong},
		"Ran out of routes to try after 3 attempts":                  {lightning.Failed, lightning.NoRoute},
		"payment is in transition":                                   {lightning.InFlight, ""}, // LND, to a second request
		"invoice is already paid":                                    {lightning.InFlight, ""},
		"duplicate payment_hash":                                     {lightning.InFlight, ""}, // Costanza
		"Timed out after 60s, continue monitoring with listsendpays": {lightning.InFlight, ""},
		"rpc error: code = Unavailable desc = transport is closing":  {lightning.InFlight, ""},
		"context deadline exceeded":                                  {lightning.InFlight, ""},
		"Payment IN PROGRESS":                                        {lightning.InFlight, ""},
	} {
		t.Run(text, func(t *testing.T) {
			n++
			p := billOf(t, n, 5000)
			done := paying(t, node, p)
			w.said(w.next(t), moneysocket.Answer{Error: text})
			if tt.state == lightning.Failed {
				if o := ends(t, done, lightning.Failed); o.Reason != tt.reason {
					t.Errorf("for %q, want %q", o.Reason, tt.reason)
				}
				is(t, node, p.Hash, lightning.Failed)
				return
			}
			// The answers come in order: the next one says that this one came.
			other := billOf(t, 1000+n, 1)
			next := paying(t, node, other)
			w.said(w.next(t), moneysocket.Answer{Error: "no"})
			ends(t, next, lightning.Failed)
			is(t, node, p.Hash, lightning.InFlight)
			before := w.asked.Load()
			ctx, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer stop()
			if o, err := node.Pay(ctx, p); err != nil || o.State != lightning.InFlight {
				t.Errorf("again: got %+v (%v)", o, err)
			}
			if w.asked.Load() != before {
				t.Error("asked again")
			}
			proof, _ := secret(n)
			w.Received(proof.Hex())
			ends(t, done, lightning.Succeeded)
		})
	}
}

func TestAPaymentThatFailedCanBeMadeAnew(t *testing.T) {
	t.Parallel()
	w := opened(t)
	node := w.backend(t)
	p := billOf(t, 1, 5000)
	for range 2 {
		done := paying(t, node, p)
		w.said(w.next(t), moneysocket.Answer{Error: "no_route"})
		ends(t, done, lightning.Failed)
	}
	done := paying(t, node, p)
	proof, _ := secret(1)
	w.said(w.next(t), moneysocket.Answer{Preimage: proof.Hex()})
	ends(t, done, lightning.Succeeded)
	if all, _, err := node.Paid(t.Context(), 0, 10); err != nil || len(all) != 1 || all[0].State != lightning.Succeeded {
		t.Errorf("listed %+v (%v)", all, err)
	}
	if all, next, err := node.Paid(t.Context(), 0, 1); err != nil || len(all) != 0 || next != 1 {
		t.Errorf("where it began first: listed %+v, %d (%v)", all, next, err)
	}
}

// Whoever has passed a payment that failed is shown it again when it changes.
func TestWhatChangesAfterItsEndIsListedAnew(t *testing.T) {
	t.Parallel()
	proof, _ := secret(1)
	for name, then := range map[string]func(w *teller, node lightning.Node, p lightning.Payment){
		"begun again": func(w *teller, node lightning.Node, p lightning.Payment) {
			done := paying(t, node, p)
			w.said(w.next(t), moneysocket.Answer{Preimage: proof.Hex()})
			ends(t, done, lightning.Succeeded)
		},
		"proved after all": func(w *teller, node lightning.Node, p lightning.Payment) {
			w.Received(proof.Hex())
			becomes(t, node, p.Hash, lightning.Succeeded)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := opened(t)
			journal := filepath.Join(t.TempDir(), "journal")
			node := w.backend(t, at(journal))
			p := billOf(t, 1, 5000)
			done := paying(t, node, p)
			w.said(w.next(t), moneysocket.Answer{Error: "no_route"})
			ends(t, done, lightning.Failed)
			all, passed, err := node.Paid(t.Context(), 0, 10)
			if err != nil || len(all) != 1 || all[0].State != lightning.Failed {
				t.Fatalf("listed %+v (%v)", all, err)
			}
			then(w, node, p)
			listed := func() {
				t.Helper()
				all, _, err := node.Paid(t.Context(), passed, 10)
				if err != nil || len(all) != 1 || all[0].Hash != p.Hash || all[0].State != lightning.Succeeded {
					t.Errorf("from %d on: listed %+v (%v)", passed, all, err)
				}
			}
			listed()
			if err := node.Close(); err != nil {
				t.Fatal(err)
			}
			node = w.backend(t, at(journal))
			becomes(t, node, p.Hash, lightning.Succeeded)
			listed()
		})
	}
}

// A proof is stronger than a no that came before it.
func TestAPreimageAfterANo(t *testing.T) {
	t.Parallel()
	w := opened(t)
	node := w.backend(t)
	p := billOf(t, 1, 5000)
	done := paying(t, node, p)
	w.said(w.next(t), moneysocket.Answer{Error: "no_route"})
	ends(t, done, lightning.Failed)
	proof, _ := secret(1)
	w.Received(proof.Hex())
	becomes(t, node, p.Hash, lightning.Succeeded)
}

// Another bitcoim tells what a payment cost. Its user pays that, and no more
// than he agreed to; what is above is the account's.
func TestAFeeThatTheProviderTells(t *testing.T) {
	for name, tt := range map[string]struct {
		ext  string
		want amount.Msat
	}{
		"a fee":                       {`{"fee_msats": 12}`, 12},
		"a fee above what was agreed": {`{"fee_msats": 10001}`, 10_000},
		"none":                        {``, 0},
		"nonsense":                    {`{"fee_msats": -12}`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := opened(t)
			journal := filepath.Join(t.TempDir(), "journal")
			node := w.backend(t, at(journal))
			p := billOf(t, 1, 1000)
			done := paying(t, node, p)
			r := w.next(t)
			proof, _ := secret(1)
			w.Answer(r.Link, r.UUID, moneysocket.Answer{Preimage: proof.Hex(), Ext: tt.ext})
			if got := ends(t, done, lightning.Succeeded); got.Fee != tt.want || got.Amount != 1000 {
				t.Errorf("got %+v, want a fee of %d", got, tt.want)
			}
			if err := node.Close(); err != nil {
				t.Fatal(err)
			}
			again := w.backend(t, at(journal))
			if got := is(t, again, p.Hash, lightning.Succeeded); got.Fee != tt.want {
				t.Errorf("after a restart: got %+v", got)
			}
		})
	}
}
