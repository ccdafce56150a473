package lightning_test

import (
	"errors"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/moneysocket"
)

func TestNobodyThereIsAskedNothing(t *testing.T) {
	t.Parallel()
	w := closed(t)
	node := w.backend(t, func(c *lightning.Config) { c.Timeout = 50 * time.Millisecond })
	p := billOf(t, 1, 5000)
	for name, call := range map[string]func() error{
		"info":    func() error { _, err := node.Info(t.Context()); return err },
		"balance": func() error { _, err := node.Balance(t.Context()); return err },
		"pay":     func() error { _, err := node.Pay(t.Context(), p); return err },
		"invoice": func() error {
			_, err := node.Invoice(t.Context(), lightning.Ask{Amount: 1000, Expiry: time.Hour})
			return err
		},
		"settled": func() error {
			return node.Settled(t.Context(), 0, func(lightning.Receipt) error { return nil })
		},
	} {
		if err := call(); !errors.Is(err, lightning.ErrUnreachable) || errors.Is(err, lightning.ErrRefused) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	is(t, node, p.Hash, lightning.NotFound)
	if all, next, err := node.Paid(t.Context(), 0, 10); len(all) != 0 || next != 0 || err != nil {
		t.Errorf("listed %+v, %d (%v)", all, next, err)
	}
}

func TestWhatAWalletDoesNotDo(t *testing.T) {
	t.Parallel()
	w := closed(t)
	w.Show(false, false, moneysocket.Bitcoin(1))
	w.run(t)
	node := w.backend(t)
	p := billOf(t, 1, 5000)
	if o, err := node.Pay(t.Context(), p); !errors.Is(err, lightning.ErrRefused) {
		t.Errorf("pay: got %+v (%v)", o, err)
	}
	is(t, node, p.Hash, lightning.NotFound)
	if inv, err := node.Invoice(t.Context(), lightning.Ask{Amount: 1000, Expiry: time.Hour}); !errors.Is(err, lightning.ErrRefused) {
		t.Errorf("invoice: got %+v (%v)", inv, err)
	}
}

func TestPaymentsThatCannotBegin(t *testing.T) {
	t.Parallel()
	w := opened(t)
	node := w.backend(t)
	w.gives(t, 1)
	own := asks(t, node, 5000)
	forged := billOf(t, 1, 6000)
	for name, p := range map[string]lightning.Payment{
		"our own invoice":           {Invoice: own.Text, Hash: own.Hash, MaxCLTV: 1000},
		"one with the hash of ours": forged,
		"expired":                   billOf(t, 2, 5000, expiresIn(0)),
	} {
		if o, err := node.Pay(t.Context(), p); !errors.Is(err, lightning.ErrRefused) {
			t.Errorf("%s: got %+v (%v)", name, o, err)
		}
		is(t, node, p.Hash, lightning.NotFound)
	}
	if read, err := node.Decode(t.Context(), forged.Invoice); err != nil || read.Ours {
		t.Errorf("a forged one is read as %+v (%v)", read, err)
	}
	if n := w.asked.Load(); n != 0 {
		t.Errorf("asked %d times", n)
	}
}

// What became of a payment is told also when its invoice can not be paid any
// more, and that no other was begun.
func TestAPaymentThatFailedBeforeItsInvoiceExpired(t *testing.T) {
	p := billOf(t, 1, 5000, expiresIn(0))
	node, _, err := reads(t, birth+line("begun", 1, `,"msat":5000,"expires":1700000000`)+line("failed", 1, `,"reason":"no-route"`))
	if err != nil {
		t.Fatal(err)
	}
	defer node.Close()
	if o, err := node.Pay(t.Context(), p); !errors.Is(err, lightning.ErrRefused) || o.State != lightning.Failed || o.Reason != lightning.NoRoute {
		t.Errorf("got %+v (%v)", o, err)
	}
}
