package lightning_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// nobody is a beacon at which nobody is.
func nobody() string {
	return moneysocket.Beacon{Seed: moneysocket.NewSeed(), Locations: []moneysocket.Location{{Host: "127.0.0.1", Port: 1, Plain: true}}}.String()
}

// reads opens a backend with a journal of that text.
func reads(t testing.TB, text string) (lightning.Node, string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	node, err := lightning.Open(t.Context(), lightning.Config{Kind: "moneysocket", Network: "regtest", Beacon: nobody(), Journal: path, Timeout: time.Millisecond})
	return node, path, err
}

func line(what string, n int, more string) string {
	_, h := secret(n)
	return fmt.Sprintf(`{"what":%q,"at":1700000000,"hash":"%s"%s}`+"\n", what, h, more)
}

const birth = `{"what":"journal","at":1600000000}` + "\n"

// told is a journal with one of everything. Its payments have not expired.
func told() string {
	soon := fmt.Sprintf(`,"msat":5000,"expires":%d`, time.Now().Add(time.Hour).Unix())
	return birth +
		line("invoice", 1, `,"bolt11":"lnbcrt70n1","msat":7000,"expires":1700003600`) + line("invoice", 2, `,"bolt11":"lnbcrt80n1","msat":8000`) +
		line("begun", 3, soon) + line("begun", 4, soon) + line("begun", 5, soon) + line("begun", 6, soon) +
		line("failed", 4, `,"reason":"no-route","said":"no"`) + line("unsent", 5, "") + line("unsure", 3, `,"said":"pending"`) +
		line("paid", 6, `,"preimage":"`+secretHex(6)+`"`) + line("receipt", 2, `,"preimage":"`+secretHex(2)+`","index":1700000000000`)
}

func TestAJournalIsReadAsItWasWritten(t *testing.T) {
	node, path, err := reads(t, told())
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]lightning.State{1: lightning.NotFound, 3: lightning.InFlight, 4: lightning.Failed, 5: lightning.NotFound, 6: lightning.Succeeded} {
		_, h := secret(n)
		is(t, node, h, want)
	}
	all, _, err := node.Received(t.Context(), 0, 10)
	if err != nil || len(all) != 1 || all[0].Amount != 8000 || all[0].SettleIndex != 1700000000000 {
		t.Errorf("listed %+v (%v)", all, err)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	if err := node.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != told() && !strings.HasPrefix(string(text), birth) {
		t.Errorf("it is %s (%v)", text, err)
	}
}

// A power cut leaves any part of the last line. What was before it holds, the
// part is dropped, and the journal goes on.
func TestALastLineThatIsTorn(t *testing.T) {
	whole := told()
	last := strings.LastIndexByte(strings.TrimSuffix(whole, "\n"), '\n') + 1
	_, second := secret(2)
	for cut := last; cut < len(whole); cut++ {
		node, path, err := reads(t, whole[:cut])
		if err != nil {
			t.Fatalf("after %d bytes of the last line: %v", cut-last, err)
		}
		_, sixth := secret(6)
		is(t, node, sixth, lightning.Succeeded)
		if all, _, err := node.Received(t.Context(), 0, 10); err != nil || len(all) != 0 {
			t.Errorf("after %d bytes: listed %+v (%v)", cut-last, all, err)
		}
		if err := node.Cancel(t.Context(), second); !errors.Is(err, lightning.ErrNoCancel) {
			t.Errorf("after %d bytes: got %v", cut-last, err)
		}
		if err := node.Close(); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != whole[:last] {
			t.Errorf("after %d bytes it is %s (%v)", cut-last, text, err)
		}
	}
	zeros, _, err := reads(t, whole+strings.Repeat("\x00", 100))
	if err != nil {
		t.Fatalf("a tail of zeros: %v", err)
	}
	if err := zeros.Close(); err != nil {
		t.Fatal(err)
	}
}

// The first line too may be cut: then nothing was done yet.
func TestAFirstLineThatIsTorn(t *testing.T) {
	for cut := range len(birth) {
		node, path, err := reads(t, birth[:cut])
		if err != nil {
			t.Fatalf("after %d bytes: %v", cut, err)
		}
		if err := node.Close(); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(path); err != nil || !bytes.HasPrefix(text, []byte(`{"what":"journal"`)) || bytes.Count(text, []byte("\n")) != 1 {
			t.Errorf("after %d bytes it is %q (%v)", cut, text, err)
		}
	}
}

func TestAJournalThatCannotBe(t *testing.T) {
	begun := line("begun", 1, `,"msat":5000,"expires":1`)
	for name, text := range map[string]string{
		"no first line":             begun,
		"begun before it began":     birth + `{"what":"journal","at":1599999999}` + "\n",
		"begun at no time":          `{"what":"journal","at":0}` + "\n",
		"no JSON":                   birth + "hello\n",
		"a line that is cut inside": birth + begun[:20] + "\n" + begun,
		"an empty line":             birth + "\n" + begun,
		"a word nobody knows":       birth + line("forgiven", 1, ""),
		"no hash":                   birth + `{"what":"begun","at":1,"hash":"00","msat":1}` + "\n",
		"a payment of nothing":      birth + line("begun", 1, ""),
		"less than nothing":         birth + line("begun", 1, `,"msat":-5`),
		"begun twice":               birth + begun + begun,
		"an end without beginning":  birth + line("failed", 1, ""),
		"ended twice":               birth + begun + line("failed", 1, "") + line("unsent", 1, ""),
		"failed after it was paid":  birth + begun + line("paid", 1, `,"preimage":"`+secretHex(1)+`"`) + line("failed", 1, ""),
		"paid without a proof":      birth + begun + line("paid", 1, ""),
		"paid with another's proof": birth + begun + line("paid", 1, `,"preimage":"`+secretHex(2)+`"`),
		"a receipt of no invoice":   birth + line("receipt", 1, `,"index":1,"preimage":"`+secretHex(1)+`"`),
		"a receipt of a payment":    birth + begun + line("receipt", 1, `,"index":1,"preimage":"`+secretHex(1)+`"`),
		"an invoice that we pay":    birth + begun + line("invoice", 1, `,"msat":1`),
		"an invoice made twice":     birth + line("invoice", 1, `,"msat":1`) + line("invoice", 1, `,"msat":1`),
		"a receipt twice": birth + line("invoice", 1, `,"msat":1`) + line("receipt", 1, `,"index":1,"preimage":"`+secretHex(1)+`"`) +
			line("receipt", 1, `,"index":2,"preimage":"`+secretHex(1)+`"`),
		"an index that goes back": birth + line("invoice", 1, `,"msat":1`) + line("invoice", 2, `,"msat":1`) +
			line("receipt", 1, `,"index":5,"preimage":"`+secretHex(1)+`"`) + line("receipt", 2, `,"index":5,"preimage":"`+secretHex(2)+`"`),
	} {
		t.Run(name, func(t *testing.T) {
			node, path, err := reads(t, text)
			if err == nil {
				_ = node.Close()
				t.Fatal("it is read")
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != text {
				t.Errorf("it is %q (%v) now", after, err)
			}
		})
	}
}

// Long after the invoice has expired nothing is guessed: it is for the operator.
func TestAPaymentThatIsNeverHeardOf(t *testing.T) {
	ago := func(d time.Duration) string {
		return birth + line("begun", 1, fmt.Sprintf(`,"msat":5000,"expires":%d`, time.Now().Add(-d).Unix()))
	}
	_, h := secret(1)
	for name, tt := range map[string]struct {
		ago  time.Duration
		want error
	}{
		"just expired":          {time.Minute, nil},
		"expired 23 hours ago":  {23 * time.Hour, nil},
		"expired yesterday":     {25 * time.Hour, lightning.ErrNoProof},
		"expired two years ago": {2 * 365 * 24 * time.Hour, lightning.ErrNoProof},
	} {
		t.Run(name, func(t *testing.T) {
			node, _, err := reads(t, ago(tt.ago))
			if err != nil {
				t.Fatal(err)
			}
			defer node.Close()
			o, err := node.Find(t.Context(), h)
			if !errors.Is(err, tt.want) || err == nil && o.State != lightning.InFlight || o.State == lightning.Failed {
				t.Errorf("got %+v (%v)", o, err)
			}
			if all, _, err := node.Paid(t.Context(), 0, 10); err != nil || len(all) != 1 || all[0].State != lightning.InFlight {
				t.Errorf("listed %+v (%v)", all, err)
			}
		})
	}
}

// The proof may come after all.
func TestAPreimageAfterLongSilence(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	text := birth + line("begun", 1, `,"msat":5000,"expires":1700000000`)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w := opened(t)
	node := w.backend(t, at(path))
	linked(t, node)
	w.Received(secretHex(1))
	_, h := secret(1)
	becomes(t, node, h, lightning.Succeeded)
}

// A journal that is younger than an invoice may be one that followed a lost
// one, in which it was paid. An old copy that is restored says so.
func TestAnInvoiceThatIsOlderThanTheJournal(t *testing.T) {
	t.Parallel()
	late := fmt.Sprintf(`{"what":"journal","at":%d}`+"\n", time.Now().Unix()+100)
	for name, text := range map[string]string{"a new journal": late, "a restored one": birth + line("invoice", 2, `,"msat":1`) + late} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			w := opened(t)
			node := w.backend(t, at(path))
			p := billOf(t, 1, 5000)
			for range 2 {
				ctx, stop := context.WithTimeout(t.Context(), time.Minute)
				o, err := node.Pay(ctx, p)
				stop()
				if !errors.Is(err, lightning.ErrNoProof) || errors.Is(err, lightning.ErrRefused) || strings.Contains(err.Error(), "preimage") {
					t.Errorf("got %+v (%v)", o, err) // nothing is wrong with a preimage: there is none
				}
			}
			if n := w.asked.Load(); n != 0 {
				t.Errorf("asked %d times", n)
			}
			is(t, node, p.Hash, lightning.NotFound)
		})
	}
}

// A cursor that was reached with a journal that is lost holds nothing back.
func TestIndexesGoOnAfterALostJournal(t *testing.T) {
	t.Parallel()
	w := opened(t)
	dir := t.TempDir()
	last := uint64(0)
	for n := range 3 {
		node := w.backend(t, at(filepath.Join(dir, fmt.Sprint(n))))
		w.gives(t, n)
		asks(t, node, 7000)
		w.Received(secretHex(n))
		w.heard(t, node) // it is in the journal before anybody asks
		got := receipts(t, node, last, 1)[0]
		if got.SettleIndex <= last {
			t.Errorf("index %d after %d", got.SettleIndex, last)
		}
		last = got.SettleIndex
		if err := node.Close(); err != nil {
			t.Fatal(err)
		}
	}
	// Nor does a clock that goes back.
	node := w.backend(t, at(filepath.Join(dir, "late")))
	w.gives(t, 9)
	asks(t, node, 7000)
	future := uint64(time.Now().Add(time.Hour).UnixMilli())
	got := make(chan lightning.Receipt, 1)
	background(t, func(ctx context.Context) {
		_ = node.Settled(ctx, future, func(r lightning.Receipt) error {
			got <- r
			return errDone
		})
	})
	w.heard(t, node)
	w.Received(secretHex(9))
	select {
	case r := <-got:
		if r.SettleIndex <= future {
			t.Errorf("index %d after %d", r.SettleIndex, future)
		}
	case <-time.After(time.Minute):
		t.Error("nothing is delivered")
	}
}
