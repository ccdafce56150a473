package command_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/wallet"
)

// strangers opens a town with Lightning, where bob has 100,000 sat and 1,000,000
// are the most.
func strangers(t *testing.T, test func(t *testing.T, w *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.overLightning()
		w.enrol("bob", "ann")
		w.pays("bob", 100_000, 6)
		test(t, w)
		w.balanced()
	})
}

func at(name string, m amount.Msat) wallet.StrangerInvoice {
	return wallet.StrangerInvoice{Name: name, Amount: m, DescriptionHash: sha256.Sum256([]byte("metadata")), Note: "for you", Door: "web"}
}

func TestWhoCanBePaidByStrangers(t *testing.T) {
	strangers(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		p, err := w.desk.Payee(ctx, "bob")
		if err != nil || p.Name != "bob" || p.JID != "bob@"+gateway || p.Min != amount.Sat || p.Max != 1_000_000*amount.Sat || p.Note <= 0 {
			t.Errorf("bob is %+v (%v)", p, err)
		}
		unknown := func(what, name string) {
			t.Helper()
			for door, err := range map[string]error{
				"page":    second(w.desk.Payee(ctx, name)),
				"invoice": second(w.desk.InvoiceFor(ctx, at(name, 1000*amount.Sat))),
			} {
				f := fault.Of(err)
				if f.Kind != fault.NotFound || f.Phrase != "user.unknown" {
					t.Errorf("%s, %s: got %v", what, door, err)
				}
				w.wellSaid(f.Phrase, f.Args)
			}
		}
		unknown("nobody", "carol")
		unknown("nothing", "")
		unknown("an address", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080")
		unknown("a JID", "bob@"+home)
		w.suspends("bob", "owes us tea")
		if _, err := w.desk.Payee(ctx, "bob"); err != nil {
			t.Errorf("who is suspended may receive: %v", err)
		}
		w.suspends("bob", "")
		w.must("ann", "", "unregister yes")
		unknown("who has left", "ann")
		w.desk.Policy.Limits.Balance = 100_000 * amount.Sat
		if p, err := w.desk.Payee(ctx, "bob"); err != nil || p.Max != 100_000*amount.Sat {
			t.Errorf("who is full: got %+v (%v)", p, err)
		}
		w.desk.Lightning.Node = nil
		w.desk.Policy.Limits.Balance = 1_000_000 * amount.Sat
		unknown("without Lightning", "bob")
	})
}

func second[T any](_ T, err error) error { return err }

func (w *town) suspends(who, reason string) {
	(&scene{town: w}).suspends(who, reason)
}

func TestAnInvoiceForAStranger(t *testing.T) {
	strangers(t, func(t *testing.T, w *town) {
		for name, tt := range map[string]struct {
			m      amount.Msat
			phrase string
		}{
			"one satoshi":             {amount.Sat, ""},
			"to the msat":             {1_234_567, ""},
			"more than there is room": {900_000*amount.Sat + 1, ""},
			"as much as anybody may":  {1_000_000 * amount.Sat, ""},
			"a msat more":             {1_000_000*amount.Sat + 1, "limit.invoice"},
			"a msat less than one":    {amount.Sat - 1, "limit.invoice"},
			"nothing":                 {0, "limit.invoice"},
			"less than nothing":       {-1000, "limit.invoice"},
			"all the money there is":  {amount.Max, "limit.invoice"},
			"more than there will be": {1<<63 - 1, "limit.invoice"},
		} {
			in, err := w.desk.InvoiceFor(t.Context(), at("bob", tt.m))
			if tt.phrase != "" {
				f := fault.Of(err)
				if f.Kind != fault.NotAllowed || f.Phrase != tt.phrase {
					t.Errorf("%s: got %v", name, err)
				}
				w.wellSaid(f.Phrase, f.Args)
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			said, hash := w.decoded(in.Text), sha256.Sum256([]byte("metadata"))
			if said.Amount != tt.m || string(said.DescriptionHash) != string(hash[:]) || !said.Ours || said.Hash.String() != in.Hash || said.Description != "" {
				t.Errorf("%s: the node reads %+v", name, said)
			}
			kept, err := invoice.Find(t.Context(), w.desk.DB.Read(), in.Hash)
			if err != nil || kept == nil || kept.User != w.user("bob").ID || kept.Text != in.Text || kept.Amount != tt.m || kept.Door != "web" ||
				kept.Sender != "for you" || kept.Memo != "" || kept.Preimage == "" || kept.State != invoice.Open || kept.Expires != said.Expires.Unix() {
				t.Errorf("%s: kept is %+v (%v)", name, kept, err)
			}
		}
	})
}

// What a stranger writes is shown as his words, and not as commands to a
// terminal or as a page long.
func TestAStrangersNoteIsCleaned(t *testing.T) {
	strangers(t, func(t *testing.T, w *town) {
		ask := at("bob", 5000*amount.Sat)
		ask.Note = "hello\x1b[2J\n\u202Ebob " + strings.Repeat("ü", 300)
		in, err := w.desk.InvoiceFor(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(in.Sender, "\x1b\n\u202E") || len([]rune(in.Sender)) > 201 || !strings.HasPrefix(in.Sender, "hello") {
			t.Errorf("kept is %q", in.Sender)
		}
		w.arrives(in.Text, 5_000_000)
		for n := w.notice(); n != nil; n = w.notice() {
			if n.Phrase == "invoice.received-memo" && n.Args["memo"] != in.Sender {
				t.Errorf("bob is told %+v", n.Args)
			}
		}
	})
}

// Strangers' invoices do not use up the user's own, nor those of another door.
func TestEachDoorHasItsOwnInvoices(t *testing.T) {
	strangers(t, func(t *testing.T, w *town) {
		w.desk.Lightning.Open = 2
		ask := at("bob", 1000*amount.Sat)
		for range 2 {
			if _, err := w.desk.InvoiceFor(t.Context(), ask); err != nil {
				t.Error(err)
			}
		}
		_, err := w.desk.InvoiceFor(t.Context(), ask)
		if f := fault.Of(err); f.Kind != fault.NotAllowed || f.Phrase != "limit.payee" {
			t.Errorf("the third: got %v", err)
		}
		w.must("bob", "", "receive 50")
		ask.Door = "app:shop"
		if _, err := w.desk.InvoiceFor(t.Context(), ask); err != nil {
			t.Errorf("at another door: %v", err)
		}
		w.now = w.now.Add(2 * time.Hour) // they have expired
		ask.Door = "web"
		if _, err := w.desk.InvoiceFor(t.Context(), ask); err != nil {
			t.Errorf("later: %v", err)
		}
	})
}

// A stranger who goes away has not undone half of it: what the node made is
// written down or given to nobody.
func TestAStrangerWhoGoesAway(t *testing.T) {
	strangers(t, func(t *testing.T, w *town) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if in, err := w.desk.InvoiceFor(ctx, at("bob", 1000*amount.Sat)); err == nil {
			if kept, err := invoice.Find(t.Context(), w.desk.DB.Read(), in.Hash); err != nil || kept == nil {
				t.Errorf("given out and not kept (%v)", err)
			}
		}
	})
}

// Many at once, all of them real.
func TestStrangersAtOnce(t *testing.T) {
	strangers(t, func(t *testing.T, w *town) {
		const n = 16
		w.desk.Lightning.Open = n
		errs := make([]error, n)
		texts := make([]string, n)
		var done sync.WaitGroup
		for i := range n {
			done.Go(func() {
				in, err := w.desk.InvoiceFor(t.Context(), at("bob", 1000*amount.Sat))
				if errs[i] = err; err == nil {
					texts[i] = in.Text
				}
			})
		}
		done.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
		different := map[string]bool{}
		for _, text := range texts {
			different[text] = true
		}
		if len(different) != n {
			t.Errorf("%d invoices, want %d", len(different), n)
		}
	})
}

func TestANodeThatIsAwayMakesNoInvoice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newScene(t, d)
		s.overLightning()
		s.enrol("bob")
		s.freeze(true)
		_, err := s.desk.InvoiceFor(t.Context(), at("bob", 1000*amount.Sat))
		if f := fault.Of(err); f.Kind != fault.Unavailable || f.Phrase != "lightning.away" {
			t.Errorf("got %v", err)
		}
	})
}

// Whatever a stranger asks, and however often, the answers are those for
// somebody else who has another balance: bob has money, ann has none.
func TestNoStrangerReadsABalance(t *testing.T) {
	strangers(t, func(t *testing.T, w *town) {
		w.desk.Lightning.Open = 100
		said := func(name string, m amount.Msat) string {
			_, err := w.desk.InvoiceFor(t.Context(), at(name, m))
			f := fault.Of(err)
			return fmt.Sprint(err == nil, f.Kind, f.Phrase, f.Args["limit"])
		}
		same := func(when string) {
			t.Helper()
			b, errB := w.desk.Payee(t.Context(), "bob")
			a, errA := w.desk.Payee(t.Context(), "ann")
			if errA != nil || errB != nil || a.Min != b.Min || a.Max != b.Max || a.Note != b.Note {
				t.Errorf("%s: ann is %+v (%v), bob is %+v (%v)", when, a, errA, b, errB)
			}
			for _, m := range []amount.Msat{1000, 899_999_999, 900_000_000, 900_000_001, 999_999_999, 1_000_000_000, 1_000_000_001} {
				if a, b := said("ann", m), said("bob", m); a != b {
					t.Errorf("%s: for %d ann is %s and bob %s", when, m, a, b)
				}
			}
		}
		same("as they are")
		w.pays("bob", 123_456, 6)
		same("bob has got more")
	})
}

// An account that is full, and one with enough invoices, look alike.
func TestAStrangerIsNotToldWhyNot(t *testing.T) {
	strangers(t, func(t *testing.T, w *town) {
		ask := at("bob", 1000*amount.Sat)
		w.desk.Policy.Limits.Balance = 100_000 * amount.Sat
		_, full := w.desk.InvoiceFor(t.Context(), ask)
		w.desk.Policy.Limits.Balance, w.desk.Lightning.Open = 1_000_000*amount.Sat, 0
		_, busy := w.desk.InvoiceFor(t.Context(), ask)
		for _, err := range []error{full, busy} {
			f := fault.Of(err)
			if f.Kind != fault.NotAllowed || f.Phrase != "limit.payee" || len(f.Args) != 1 || f.Args["who"] != "bob" {
				t.Errorf("got %v %v", err, f.Args)
			}
			w.wellSaid(f.Phrase, f.Args)
		}
	})
}

// Of neighbours, too: what ann may pay does not depend on what bob has.
func TestNoNeighbourReadsABalance(t *testing.T) {
	strangers(t, func(t *testing.T, w *town) {
		w.enrol("carol")
		w.pays("carol", 90_000, 6)
		w.desk.Policy.Limits.Balance = 100_001 * amount.Sat // bob has 100,000, ann nothing
		for _, to := range []string{"ann", "bob"} {
			r := w.must("carol", "", "pay 40000 "+to)
			if r := w.must("carol", "", r.Next[0].Text); r.Lines[0].Phrase != "confirm.paid" {
				t.Errorf("%s: %+v", to, r.Lines)
			}
		}
		r := w.must("carol", "", "pay 1 bob")
		_, err := w.ask(command.Request{User: jid("carol"), Text: r.Next[0].Text})
		if f := fault.Of(err); f.Phrase != "pay.recipient-full" {
			t.Errorf("who is full: got %v", err)
		}
	})
}
