package limedoor_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/outbox"
)

// bill sends an invoice as bots of BLiP do, and returns the link that answers.
func (b *bot) bill(to, id string, doc lime.Invoice) lime.WebLink {
	b.t.Helper()
	b.write(to, id, doc)
	m := heard(b, func(lime.WebLink) bool { return true })
	link, err := lime.As[lime.WebLink](m.Content)
	if err != nil || m.Metadata["#in-reply-to"] != id {
		b.t.Errorf("got %+v, %v", m, err)
	}
	return link
}

// status waits for the end of an invoice.
func (b *bot) status(id string) (lime.InvoiceStatus, *lime.Message) {
	b.t.Helper()
	m := heard(b, func(lime.InvoiceStatus) bool { return true })
	s, err := lime.As[lime.InvoiceStatus](m.Content)
	if err != nil || m.ID != id || m.PP.String() != "postmaster@"+gateway {
		b.t.Errorf("got %+v, %v", m, err)
	}
	return s, m
}

// A bot that was written for another payment channel changes one domain.
func TestAnInvoiceOfBLiP(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		b := w.bot("bob", w.link("bob", "budget 1/day"))
		b.available(t)
		payer := lime.EscapeName("ann@"+home) + "@" + gateway
		link := b.bill(payer, "bill-1", lime.Invoice{Currency: "SAT", Total: "2100", Title: "two teas", DueTo: "2026-12-31T00:00:00Z",
			Items: []lime.InvoiceItem{{Quantity: "2", Unit: "1050", Currency: "SAT", Total: "2100", Description: "tea"}}})
		if !strings.HasPrefix(link.URI, "bitcoin:") || !strings.Contains(link.URI, "lightning=lnbcrt21u1") || !strings.Contains(link.Text, "2") {
			t.Errorf("got %+v", link)
		}
		// The payer is a user here and is told, with what to say.
		n := w.lastNotice("ann")
		if n.Phrase != "request.asked-memo" || len(n.Next) != 1 {
			t.Fatalf("got %+v", n)
		}
		w.says("ann", "confirm "+w.drafts("ann", n.Next[0]))
		s, m := b.status("bill-1")
		if s.Status != lime.InvoiceCompleted || s.Date == "" || s.Code == "" || m.From.Name != "ann%40"+home {
			t.Errorf("got %+v from %s", s, m.From)
		}
	})
}

func TestAnInvoicePaidOverLightning(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("bob")
		b := w.bot("bob", w.link("bob", "receive-only"))
		b.available(t)
		b.bill(lime.EscapeName("carol@example.net")+"@"+gateway, "bill-1", lime.Invoice{Currency: "BTC", Total: "0.00001",
			Items: []lime.InvoiceItem{{Description: "tea"}, {Description: "cake"}}})
		list := must[lime.Collection](b, lime.Get, "/invoices", nil)
		hash := idOf(t, list)
		w.paid(hash, 1000)
		if s, _ := b.status("bill-1"); s.Status != lime.InvoiceCompleted || s.Code != hash {
			t.Errorf("got %+v", s)
		}
		link := b.bill("", "bill-2", lime.Invoice{Currency: "BRL", Total: "15.00"})
		if !strings.Contains(link.URI, "amount=0.00005&") {
			t.Errorf("got %+v", link)
		}
		w.clock.Add(2 * 3600)
		w.door.Notify()
		if s, _ := b.status("bill-2"); s.Status != lime.InvoiceCancelled {
			t.Errorf("got %+v", s)
		}
	})
}

// One payment pays one of two bills that look the same, and a bill that is sent
// again is the same bill.
func TestOnePaymentPaysOneBill(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		w.says("ann", "confirm "+w.drafts("ann", "pay 50 bob")) // before: it is for something else
		b := w.bot("bob", w.link("bob", "receive-only"))
		b.available(t)
		doc := lime.Invoice{Currency: "SAT", Total: "50", Title: "tea"}
		for _, id := range []string{"bill-1", "bill-1", "bill-2"} {
			b.bill("ann@"+gateway, id, doc)
		}
		w.says("ann", "confirm "+w.drafts("ann", "pay 50 bob"))
		first := heard(b, func(lime.InvoiceStatus) bool { return true })
		w.clock.Add(2 * 3600)
		w.door.Notify()
		second, _ := b.status("bill-2")
		if s, _ := lime.As[lime.InvoiceStatus](first.Content); first.ID != "bill-1" || s.Status != lime.InvoiceCompleted || second.Status != lime.InvoiceCancelled {
			t.Errorf("got %+v for %s, and %+v", s, first.ID, second)
		}
		b.bill("ann@"+gateway, "bill-1", doc) // which ended
		w.clock.Add(2 * 3600)
		b.bill("ann@"+gateway, "bill-3", doc)
		w.clock.Add(2 * 3600)
		w.door.Notify()
		if s, _ := b.status("bill-3"); s.Status != lime.InvoiceCancelled {
			t.Errorf("got %+v", s)
		}
	})
}

// Who is billed, and is nobody here, looks the same as who is somebody.
func TestABillDoesNotTellWhoIsHere(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		b := w.bot("bob", w.link("bob", "receive-only"))
		for _, payer := range []string{"ann@" + home, "nobody@" + home, "ann", "nobody", "x y@z", "@", "ann@" + gateway} {
			link := b.bill(lime.EscapeName(payer)+"@"+gateway, "bill to "+payer, lime.Invoice{Currency: "SAT", Total: "7"})
			if !strings.HasPrefix(link.URI, "lightning:lnbcrt") {
				t.Errorf("%s: got %+v", payer, link)
			}
		}
	})
}

func TestAReceiptForThePayer(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		me := w.bot("ann", w.link("ann", "budget 5000/day"))
		if _, err := me.do(lime.Merge, "/capability", lime.Capability{ContentTypes: []lime.MediaType{lime.TypePaymentReceipt}}); err != nil {
			t.Fatal(err)
		}
		if _, err := me.do(lime.Subscribe, "/orders", nil); err != nil {
			t.Fatal(err)
		}
		code := w.drafts("ann", "pay 300 bob tea")
		w.says("ann", "confirm "+code)
		m := heard(me, func(lime.PaymentReceipt) bool { return true })
		r, err := lime.As[lime.PaymentReceipt](m.Content)
		if err != nil || r.Total != "300" || r.Currency != "SAT" || r.Method.Name != "inside" || r.Code != code || r.PaidOn == "" {
			t.Errorf("got %+v, %v", r, err)
		}
	})
}

// idOf is the id of the newest document of a list.
func idOf(t *testing.T, list lime.Collection) string {
	t.Helper()
	if len(list.Items) == 0 {
		t.Fatal("the list is empty")
	}
	known := facts{}
	known.learn(jsonOf(t, list.Items[0]))
	return known["id"]
}

// lastNotice is the newest notice of somebody.
func (w *town) lastNotice(who string) outbox.Event {
	w.t.Helper()
	all, err := w.desk.Events(w.t.Context(), 0, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].User == jid(who) {
			return all[i]
		}
	}
	w.t.Fatalf("%s was told nothing", who)
	return outbox.Event{}
}
