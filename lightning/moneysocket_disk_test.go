package lightning_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// words are what a backend logs.
type words chan string

func (words) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }
func (w words) WithAttrs([]slog.Attr) slog.Handler         { return w }
func (w words) WithGroup(string) slog.Handler              { return w }

func (w words) Handle(_ context.Context, r slog.Record) error {
	select {
	case w <- r.Message:
	default:
	}
	return nil
}

func (w words) wait(t testing.TB, want string) {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case got := <-w:
			if got == want {
				return
			}
		case <-late:
			t.Fatalf("nobody says %q", want)
		}
	}
}

// What cannot be written down is not done, and what was told waits for the disk.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	w := opened(t)
	full := make(words, 100)
	node := w.backend(t, func(c *lightning.Config) { c.Log = slog.New(full) })
	w.gives(t, 1)
	inv := asks(t, node, 7000)
	open, late := billOf(t, 2, 5000), billOf(t, 3, 5000)
	done := paying(t, node, open)
	w.said(w.next(t), moneysocket.Answer{})
	free := lightning.FillDisk(node)
	if o, err := node.Pay(t.Context(), late); !errors.Is(err, lightning.ErrUnreachable) {
		t.Errorf("pay: got %+v (%v)", o, err)
	}
	w.gives(t, 4)
	if got, err := node.Invoice(t.Context(), lightning.Ask{Amount: 7000, Expiry: time.Hour}); !errors.Is(err, lightning.ErrUnreachable) {
		t.Errorf("invoice: got %+v (%v)", got, err)
	}
	w.Received(secretHex(1))
	w.Received(secretHex(2))
	full.wait(t, "a preimage waits to be written down")
	is(t, node, late.Hash, lightning.NotFound)
	is(t, node, open.Hash, lightning.InFlight)
	free()
	ends(t, done, lightning.Succeeded)
	if got := receipts(t, node, 0, 1)[0]; got.Hash != inv.Hash {
		t.Errorf("got %+v", got)
	}
	if n := w.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// Two processes have one journal: the second only reads it.
func TestASecondProcessReads(t *testing.T) {
	t.Parallel()
	w := opened(t)
	journal := filepath.Join(t.TempDir(), "journal")
	node := w.backend(t, at(journal))
	linked(t, node)
	second := w.backend(t, at(journal))
	p := billOf(t, 1, 5000)
	done := paying(t, node, p)
	r := w.next(t)
	is(t, second, p.Hash, lightning.InFlight)
	w.said(r, moneysocket.Answer{Preimage: secretHex(1)})
	ends(t, done, lightning.Succeeded)
	is(t, second, p.Hash, lightning.Succeeded)
	for name, call := range map[string]func() error{
		"info": func() error { _, err := second.Info(t.Context()); return err },
		"pay":  func() error { _, err := second.Pay(t.Context(), billOf(t, 2, 1000)); return err },
		"invoice": func() error {
			_, err := second.Invoice(t.Context(), lightning.Ask{Amount: 1000, Expiry: time.Hour})
			return err
		},
	} {
		if err := call(); !errors.Is(err, lightning.ErrUnreachable) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if n := w.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}
