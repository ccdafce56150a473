package limedoor_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/wallet"
)

// asks sends a bill for so many sat, and returns the link that answers.
func (b *bot) asks(id string, sat int) lime.WebLink {
	b.t.Helper()
	return b.bill("", id, lime.Invoice{Currency: "SAT", Total: lime.Decimal(fmt.Sprint(sat)), Title: "tea"})
}

// hears waits for the end of a bill.
func (b *bot) hears(id string, want lime.InvoiceState) lime.InvoiceStatus {
	b.t.Helper()
	m := b.next("the end of "+id, func(e lime.Envelope) bool {
		m, is := e.(*lime.Message)
		return is && m.ID == id && m.Content.MediaType() == lime.TypeInvoiceStatus
	}).(*lime.Message)
	s, err := lime.As[lime.InvoiceStatus](m.Content)
	if err != nil || s.Status != want || s.Date == "" || m.PP.String() != "postmaster@"+gateway || m.Metadata["#in-reply-to"] != id {
		b.t.Errorf("%s: got %+v with %+v, %v, want %s", id, m, s, err, want)
	}
	return s
}

// heardNoMore fails for the end of a bill that came and was not waited for.
func (b *bot) heardNoMore() {
	b.t.Helper()
	for _, e := range b.seen {
		if m, is := e.(*lime.Message); is && m.Content.MediaType() == lime.TypeInvoiceStatus {
			b.t.Errorf("got the end of %s, too", m.ID)
		}
	}
}

// caller is somebody in person, who asks the wallet itself.
func (w *town) caller(who string) wallet.Caller {
	w.t.Helper()
	by, err := w.desk.Caller(w.t.Context(), wallet.Caller{JID: jid(who)})
	if err != nil {
		w.t.Fatal(err)
	}
	return by
}

// hashOf is the payment hash of the invoice in a link of ann's.
func (w *town) hashOf(link lime.WebLink) string {
	w.t.Helper()
	all, _, err := w.desk.Invoices(w.t.Context(), w.caller("ann"), 0, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, i := range all {
		if strings.Contains(link.URI, i.Text) {
			return i.Hash
		}
	}
	w.t.Fatalf("%s is no invoice of ann's", link.URI)
	return ""
}

// What is billed outlives the gateway, and each end is told once.
func TestBillsOutliveTheDoor(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann")
		key := w.link("ann", "receive-only")
		b := w.bot("ann", key)
		paid := w.hashOf(b.asks("bill-1", 1000))
		b.asks("bill-2", 1001)
		w.close()
		b.ends()
		w.paid(paid, 1000)
		w.clock.Add(2 * 3600)
		w.open()
		b = w.bot("ann", key)
		third := w.hashOf(b.asks("bill-3", 1002)) // while nobody listens
		w.paid(third, 1002)
		b.available(t)
		if s := b.hears("bill-1", lime.InvoiceCompleted); s.Code != paid {
			t.Errorf("got %+v", s)
		}
		b.hears("bill-2", lime.InvoiceCancelled)
		b.hears("bill-3", lime.InvoiceCompleted)
		b.heardNoMore()
		w.close()
		b.ends()
		w.open()
		b = w.bot("ann", key)
		b.asks("bill-1", 1000) // which ended
		// By the clock of the town it is over when it is made: nobody listens until it is paid.
		w.paid(w.hashOf(b.asks("bill-4", 1003)), 1003)
		b.available(t)
		b.hears("bill-4", lime.InvoiceCompleted)
		b.heardNoMore() // the oldest would have come first
	})
}

// Of several instances of the gateway, one tells.
func TestOneInstanceTells(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann")
		key := w.link("ann", "receive-only")
		here := w.bot("ann", key)
		w.open()
		there := w.bot("ann", key)
		var hashes []string
		for n := range 8 {
			hashes = append(hashes, w.hashOf(here.asks(fmt.Sprint("bill-", n), 1000+n)))
		}
		here.available(t)
		there.available(t)
		for n, hash := range hashes {
			w.paid(hash, int64(1000+n))
		}
		told, late := map[string]int{}, time.After(patience)
		for len(told) < len(hashes) {
			var e lime.Envelope
			select {
			case e = <-here.came:
			case e = <-there.came:
			case <-late:
				t.Fatalf("only %v came", told)
			}
			if m, is := e.(*lime.Message); is && m.Content.MediaType() == lime.TypeInvoiceStatus {
				told[m.ID]++
			}
		}
		for id, n := range told {
			if n != 1 {
				t.Errorf("%s was told %d times", id, n)
			}
		}
	})
}

// A coin on the address that a bill showed ends it, when it counts.
func TestABillPaidOnTheChain(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann")
		w.clock.Add(1) // so that the address of the bills is the newest
		b := w.bot("ann", w.link("ann", "receive-only"))
		b.available(t)
		b.asks("bill-1", 2100)
		b.asks("bill-2", 3000) // on the same address
		w.deposit("ann", 1500) // pays neither
		w.deposit("ann", 3000)
		if s := b.hears("bill-2", lime.InvoiceCompleted); s.Code != fmt.Sprintf("%064x:0", w.coins) {
			t.Errorf("got %+v", s)
		}
		w.deposit("ann", 2500)
		b.hears("bill-1", lime.InvoiceCompleted)
		// A coin that waits for its block keeps a bill open.
		w.clock.Add(1)
		b.asks("bill-3", 4000)
		w.coin("ann", 4000, 99, 0)
		b.asks("bill-4", 5000)
		w.clock.Add(2 * 3600)
		w.door.Notify()
		b.hears("bill-4", lime.InvoiceCancelled)
		w.coin("ann", 4000, 99, 1)
		b.hears("bill-3", lime.InvoiceCompleted)
		b.heardNoMore()
	})
}

// A bill that cannot be ended, for the books have something else than a payment hash of it,
// keeps no other one open: neither of its user nor of those who come after.
func TestABillThatFailsHoldsUpNoOther(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		w.clock.Add(1)
		ann, bob := w.bot("ann", w.link("ann", "receive-only")), w.bot("bob", w.link("bob", "receive-only"))
		broken := w.hashOf(ann.asks("bill-1", 2100))
		ann.asks("bill-2", 2200)
		bob.asks("bill-3", 2300)
		err := w.desk.DB.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE lime_bill SET hash = 'no hash' WHERE hash = $1`, broken)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Add(2 * 3600)
		ann.available(t)
		bob.available(t)
		w.door.Notify()
		ann.hears("bill-2", lime.InvoiceCancelled)
		bob.hears("bill-3", lime.InvoiceCancelled)
	})
}

// Who takes the invoice of a bill back cancels the bill.
func TestABillTakenBack(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann")
		b := w.bot("ann", w.link("ann", "receive-only"))
		b.available(t)
		hash := w.hashOf(b.asks("bill-1", 1000))
		if _, err := b.do(lime.Delete, lime.URI("/invoices/"+hash), nil); err != nil {
			t.Fatal(err)
		}
		if s := b.hears("bill-1", lime.InvoiceCancelled); s.Code != hash {
			t.Errorf("got %+v", s)
		}
	})
}
