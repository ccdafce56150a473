package lightning_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/moneysocket"
)

func TestARestartFindsWhatWasBegun(t *testing.T) {
	t.Parallel()
	w := opened(t)
	journal := filepath.Join(t.TempDir(), "journal")
	proof, _ := secret(1)
	open, failed, paid := billOf(t, 1, 5000), billOf(t, 2, 6000), billOf(t, 3, 7000)

	node := w.backend(t, at(journal))
	begun := paying(t, node, open)
	first := w.next(t)
	done := paying(t, node, failed)
	w.said(w.next(t), moneysocket.Answer{Error: "no_route"})
	ends(t, done, lightning.Failed)
	done = paying(t, node, paid)
	third, _ := secret(3)
	w.said(w.next(t), moneysocket.Answer{Preimage: third.Hex()})
	ends(t, done, lightning.Succeeded)
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	ends(t, begun, lightning.InFlight)
	w.alone(t)

	node = w.backend(t, at(journal))
	is(t, node, open.Hash, lightning.InFlight)
	if o := is(t, node, failed.Hash, lightning.Failed); o.Reason != lightning.NoRoute {
		t.Errorf("got %+v", o)
	}
	if o := is(t, node, paid.Hash, lightning.Succeeded); o.Preimage != third || o.Amount != 7000 {
		t.Errorf("got %+v", o)
	}
	if o, err := node.Pay(t.Context(), paid); err != nil || o.State != lightning.Succeeded {
		t.Errorf("again: got %+v (%v)", o, err)
	}
	// An error may be about anything now; a preimage is about its hash.
	again := paying(t, node, open)
	w.said(first, moneysocket.Answer{Error: "no_route"})
	linked(t, node)
	is(t, node, open.Hash, lightning.InFlight)
	w.said(first, moneysocket.Answer{Preimage: proof.Hex()})
	ends(t, again, lightning.Succeeded)
	if n := w.asked.Load(); n != 3 {
		t.Errorf("asked %d times", n)
	}
	if all, next, err := node.Paid(t.Context(), 0, 2); err != nil || len(all) != 2 || next != 2 || all[0].Hash != open.Hash {
		t.Errorf("listed %+v, %d (%v)", all, next, err)
	}
}

// An honest provider keeps its answer until somebody is there to hear it.
func TestAnAnswerWhileNobodyIsThere(t *testing.T) {
	t.Parallel()
	w := opened(t)
	journal := filepath.Join(t.TempDir(), "journal")
	node := w.backend(t, at(journal))
	w.gives(t, 2)
	inv := asks(t, node, 7000)
	p := billOf(t, 1, 5000)
	done := paying(t, node, p)
	r := w.next(t)
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	ends(t, done, lightning.InFlight)
	w.alone(t)
	w.said(r, moneysocket.Answer{Preimage: secretHex(1)})
	w.Received(secretHex(2))
	node = w.backend(t, at(journal))
	becomes(t, node, p.Hash, lightning.Succeeded)
	if got := receipts(t, node, 0, 1)[0]; got.Hash != inv.Hash || got.Amount != 7000 {
		t.Errorf("got %+v", got)
	}
}

// The link can go after the payment is written down and before it is asked for.
func TestAPaymentThatWasNotSent(t *testing.T) {
	t.Parallel()
	w := opened(t)
	journal := filepath.Join(t.TempDir(), "journal")
	node := w.backend(t, at(journal), func(c *lightning.Config) { c.Redial = time.Hour }) // nothing more is heard of the link
	linked(t, node)
	w.lines.cut(true)
	gone(t, node)
	lightning.TakeForReady(node)
	p := billOf(t, 1, 5000)
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if o, err := node.Pay(ctx, p); err != nil || o.State != lightning.InFlight {
		t.Fatalf("got %+v (%v)", o, err)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	w.lines.cut(false)
	node = w.backend(t, at(journal))
	is(t, node, p.Hash, lightning.NotFound)
	if all, next, err := node.Paid(t.Context(), 0, 10); len(all) != 0 || next != 1 || err != nil {
		t.Errorf("listed %+v, %d (%v)", all, next, err)
	}
	done := paying(t, node, p)
	proof, _ := secret(1)
	w.said(w.next(t), moneysocket.Answer{Preimage: proof.Hex()})
	ends(t, done, lightning.Succeeded)
}

// gone waits until a backend knows that its link is lost.
func gone(t testing.TB, node lightning.Node) {
	t.Helper()
	for {
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
		_, err := node.Info(ctx)
		stop()
		if errors.Is(err, lightning.ErrUnreachable) {
			return
		}
	}
}
