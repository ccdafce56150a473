package lightning_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// gives makes the teller answer with an invoice for the hash of a secret.
func (w *teller) gives(t testing.TB, n int, more ...field) {
	w.makes = func(r moneysocket.Request) moneysocket.Answer {
		return moneysocket.Answer{Bolt11: billOf(t, n, amount.Msat(r.Msats), more...).Invoice}
	}
}

// asks has the backend make an invoice.
func asks(t testing.TB, node lightning.Node, m amount.Msat) lightning.Invoice {
	t.Helper()
	inv, err := node.Invoice(t.Context(), lightning.Ask{Amount: m, Description: "tea", Expiry: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

// receipts takes n of them after an index, and sees that no more come before
// the backend has heard the last word of its provider.
func receipts(t testing.TB, node lightning.Node, after uint64, n int) (got []lightning.Receipt) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	err := node.Settled(ctx, after, func(r lightning.Receipt) error {
		if got = append(got, r); len(got) == n {
			return errDone
		}
		return nil
	})
	if !errors.Is(err, errDone) {
		t.Fatalf("%d receipts (%v), want %d", len(got), err, n)
	}
	return got
}

var errDone = errors.New("done")

// heard waits until the backend has taken in all that was told before.
func (w *teller) heard(t testing.TB, node lightning.Node) {
	t.Helper()
	p := billOf(t, int(w.asked.Load())+100_000, 1)
	done := paying(t, node, p)
	w.said(w.next(t), moneysocket.Answer{Preimage: secretHex(int(w.asked.Load()) + 99_999)})
	ends(t, done, lightning.Succeeded)
}

func secretHex(n int) string {
	p, _ := secret(n)
	return p.Hex()
}

func TestAReceiptIsCountedOnce(t *testing.T) {
	t.Parallel()
	w := opened(t)
	journal := filepath.Join(t.TempDir(), "journal")
	node := w.backend(t, at(journal))
	w.gives(t, 1)
	inv := asks(t, node, 7000)
	if !inv.Ours || inv.Amount != 7000 || inv.Description != "tea" || inv.Expires.Sub(inv.Created) != time.Hour {
		t.Errorf("got %+v", inv)
	}
	if read, err := node.Decode(t.Context(), strings.ToUpper(inv.Text)); err != nil || !read.Ours || read.Payee != inv.Payee {
		t.Errorf("read as %+v (%v)", read, err)
	}
	for range 3 {
		w.Received(secretHex(1))
	}
	got := receipts(t, node, 0, 1)[0]
	if got.Hash != inv.Hash || got.Amount != 7000 || got.Preimage.Hash() != inv.Hash || got.Keysend {
		t.Errorf("got %+v", got)
	}
	w.lines.cut(true)
	gone(t, node)
	w.alone(t)
	w.lines.cut(false)
	w.Received(secretHex(1))
	w.heard(t, node)
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	node = w.backend(t, at(journal))
	linked(t, node)
	w.Received(secretHex(1))
	w.heard(t, node)
	all, next, err := node.Received(t.Context(), 0, 10)
	if err != nil || len(all) != 1 || next != 1 || all[0] != got {
		t.Errorf("listed %+v, %d (%v), delivered %+v", all, next, err, got)
	}
	if more, end, err := node.Received(t.Context(), next, 10); len(more) != 0 || end != next || err != nil {
		t.Errorf("and then %+v, %d (%v)", more, end, err)
	}
}

func TestPreimagesThatFitNothing(t *testing.T) {
	t.Parallel()
	w := opened(t)
	node := w.backend(t)
	linked(t, node)
	for n := range 1000 {
		w.Received(secretHex(5000 + n))
		if n%100 == 0 {
			w.heard(t, node)
		}
	}
	w.heard(t, node)
	if all, _, err := node.Received(t.Context(), 0, 10); err != nil || len(all) != 0 {
		t.Errorf("listed %+v (%v)", all, err)
	}
	_, h := secret(5000)
	is(t, node, h, lightning.NotFound)
}

// Another app of the account may be given the invoice as well, and pay it
// before we have written it down.
func TestAnInvoiceThatIsPaidBeforeWeHaveIt(t *testing.T) {
	t.Parallel()
	w := opened(t)
	node := w.backend(t)
	w.makes = func(r moneysocket.Request) moneysocket.Answer {
		w.Received(secretHex(1))
		return moneysocket.Answer{Bolt11: billOf(t, 1, amount.Msat(r.Msats)).Invoice}
	}
	inv := asks(t, node, 7000)
	if got := receipts(t, node, 0, 1)[0]; got.Hash != inv.Hash {
		t.Errorf("got %+v", got)
	}
}

func TestInvoicesThatAreNotWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	w := opened(t)
	node := w.backend(t)
	w.gives(t, 1)
	asks(t, node, 7000)
	paid := billOf(t, 2, 100)
	done := paying(t, node, paid)
	w.said(w.next(t), moneysocket.Answer{Preimage: secretHex(2)})
	ends(t, done, lightning.Succeeded)
	last := 10 // each has a hash of its own
	next := func() field {
		last++
		_, h := secret(last)
		return hashIs(h)
	}
	made := func(head string, more ...field) string {
		return craft(t, head, append([]field{next(), secretField(), memo("tea"), features}, more...)...)
	}
	for name, text := range map[string]string{
		"a beginning":         "lnbcrt1hello",
		"less":                made("lnbcrt69n"),
		"more":                made("lnbcrt70010p"),
		"any amount":          made("lnbcrt"),
		"another network":     made("lnbc70n"),
		"expired":             made("lnbcrt70n", expiresIn(0)),
		"no good checksum":    cutShort(made("lnbcrt70n")),
		"two hashes":          made("lnbcrt70n", next()),
		"a hash used before":  billOf(t, 1, 7000).Invoice,
		"a hash that we paid": billOf(t, 2, 7000).Invoice,
	} {
		t.Run(name, func(t *testing.T) {
			w.makes = func(moneysocket.Request) moneysocket.Answer { return moneysocket.Answer{Bolt11: text} }
			inv, err := node.Invoice(t.Context(), lightning.Ask{Amount: 7000, Expiry: time.Hour})
			if !errors.Is(err, lightning.ErrBadInvoice) {
				t.Errorf("got %+v (%v)", inv, err)
			}
		})
	}
	for n := range last + 1 { // none of them counts
		if n > 10 {
			w.Received(secretHex(n))
		}
	}
	w.heard(t, node)
	if all, _, err := node.Received(t.Context(), 0, 10); err != nil || len(all) != 0 {
		t.Errorf("listed %+v (%v)", all, err)
	}
}

// cutShort is a text without its last letter.
func cutShort(text string) string { return text[:len(text)-1] }

// A hash is new or not over a restart as well.
func TestAHashThatWasUsedBeforeARestart(t *testing.T) {
	t.Parallel()
	w := opened(t)
	journal := filepath.Join(t.TempDir(), "journal")
	node := w.backend(t, at(journal))
	w.gives(t, 1)
	asks(t, node, 7000)
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	node = w.backend(t, at(journal))
	if inv, err := node.Invoice(t.Context(), lightning.Ask{Amount: 7000, Expiry: time.Hour}); !errors.Is(err, lightning.ErrBadInvoice) {
		t.Errorf("got %+v (%v)", inv, err)
	}
}

func TestTheOnlyPayeeThatIsKnown(t *testing.T) {
	t.Parallel()
	w := opened(t)
	node := w.backend(t, func(c *lightning.Config) { c.PubKey = strings.Repeat("02", 33) })
	w.gives(t, 1)
	if inv, err := node.Invoice(t.Context(), lightning.Ask{Amount: 7000, Expiry: time.Hour}); !errors.Is(err, lightning.ErrWrongNode) {
		t.Errorf("got %+v (%v)", inv, err)
	}
}

func TestInvoicesThatCannotBeAskedFor(t *testing.T) {
	t.Parallel()
	w := opened(t)
	w.gives(t, 1)
	node := w.backend(t)
	hash := sha256.Sum256([]byte("a long story"))
	for name, ask := range map[string]lightning.Ask{
		"no amount":            {Expiry: time.Hour},
		"less than nothing":    {Amount: -1, Expiry: time.Hour},
		"more than there is":   {Amount: amount.Max + 1, Expiry: time.Hour},
		"a description's hash": {Amount: 1000, DescriptionHash: hash[:], Expiry: time.Hour},
	} {
		if inv, err := node.Invoice(t.Context(), ask); !errors.Is(err, lightning.ErrRefused) {
			t.Errorf("%s: got %+v (%v)", name, inv, err)
		}
	}
	w.makes = func(moneysocket.Request) moneysocket.Answer { return moneysocket.Answer{Error: "account cap exceeded"} }
	if inv, err := node.Invoice(t.Context(), lightning.Ask{Amount: 1000, Expiry: time.Hour}); !errors.Is(err, lightning.ErrRefused) {
		t.Errorf("the provider refuses: got %+v (%v)", inv, err)
	}
}
