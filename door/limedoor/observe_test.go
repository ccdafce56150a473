package limedoor_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/door/limedoor"
	"github.com/bitcoim/bitcoim/lime"
)

func TestObserversHearOfWhatHappensElsewhere(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		b := w.bot("bob", w.link("bob", "receive-only"))
		for _, uri := range []lime.URI{"/balance", "/history", "/orders", "/invoices"} {
			if _, err := b.do(lime.Subscribe, uri, nil); err != nil {
				t.Fatal(err)
			}
		}
		code := w.drafts("ann", "pay 1500 bob for the tea")
		w.says("ann", "confirm "+code)
		if got := observed(b, "/balance", func(limedoor.Balance) bool { return true }); got.Available != 101_500 {
			t.Errorf("got %+v", got)
		}
		line := observed(b, "/history", func(e limedoor.Entry) bool { return e.Direction == "in" && e.Peer == "ann" })
		if line.Amount != 1500 || line.Memo != "for the tea" || line.State != "done" {
			t.Errorf("got %+v", line)
		}

		code = w.drafts("bob", "pay 700 ann")
		pending := observed(b, "/orders/"+code, func(o limedoor.Order) bool { return o.State == limedoor.Pending })
		if pending.Amount != 700 || pending.Expires == "" {
			t.Errorf("got %+v", pending)
		}
		w.says("bob", "confirm "+code)
		observed(b, "/orders/"+code, func(o limedoor.Order) bool { return o.State == limedoor.Sent && o.Ended != "" })
		dropped := w.drafts("bob", "pay 701 ann")
		w.says("bob", "cancel "+dropped)
		observed(b, "/orders/"+dropped, func(o limedoor.Order) bool { return o.State == limedoor.Cancelled })

		hash := w.invoice("bob", "receive 900 cake")
		observed(b, "/invoices/"+hash, func(i limedoor.Invoice) bool { return i.State == "open" && i.Memo == "cake" })
		w.paid(hash, 900)
		observed(b, "/invoices/"+hash, func(i limedoor.Invoice) bool { return i.State == "paid" && i.Paid == 900 })
	})
}

// A coin from the chain is a line of history and a transaction.
func TestObserversHearOfDeposits(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann")
		b := w.bot("ann", w.link("ann", "receive-only"))
		for _, uri := range []lime.URI{"/balance", "/transactions/" + lime.URI(fmt.Sprintf("%064x", 1))} {
			if _, err := b.do(lime.Subscribe, uri, nil); err != nil {
				t.Fatal(err)
			}
		}
		w.deposit("ann", 2000)
		observed(b, "/balance", func(n limedoor.Balance) bool { return n.Available == 102_000 })
		// Whoever does not want to hear any more, does not.
		if _, err := b.do(lime.Unsubscribe, "/balance", nil); err != nil {
			t.Fatal(err)
		}
		if _, err := b.do(lime.Subscribe, "/history", nil); err != nil {
			t.Fatal(err)
		}
		w.deposit("ann", 3000)
		e := b.next("an observation", func(e lime.Envelope) bool {
			c, is := e.(*lime.Command)
			return is && c.Method == lime.Observe
		}).(*lime.Command)
		if e.URI != "/history" {
			t.Errorf("first came %s", e.URI)
		}
	})
}

func TestNewsAreToldToWhoIsThere(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		w.says("ann", "confirm "+w.drafts("ann", "pay 1 bob before")) // which is old when the bot comes
		w.clock.Add(2)
		key := w.link("bob", "receive-only")
		b, later := w.bot("bob", key), w.bot("bob", key)
		b.available(t)
		w.says("ann", "confirm "+w.drafts("ann", "pay 1500 bob tea"))
		first := heard(b, func(text lime.Text) bool { return strings.Contains(string(text), "ann") })
		if text, _ := lime.As[lime.Text](first.Content); !strings.Contains(string(text), "tea") || !strings.HasPrefix(first.ID, "notice-") {
			t.Errorf("got %q as %q", text, first.ID)
		}
		// The next comes once, although it is looked at again and again.
		w.says("ann", "confirm "+w.drafts("ann", "pay 1600 bob cake"))
		second := heard(b, func(lime.Text) bool { return true })
		if text, _ := lime.As[lime.Text](second.Content); !strings.Contains(string(text), "cake") {
			t.Errorf("got %q", text)
		}
		select {
		case e := <-later.came:
			t.Errorf("who is not available heard %+v", e)
		default:
		}
	})
}

// What waits in the inbox comes when somebody is available.
func TestNewsWaitForWhoIsNotAvailable(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		b := w.bot("bob", w.link("bob", "receive-only"))
		other := w.bot("ann", w.link("ann", "receive-only"))
		if _, err := b.do(lime.Subscribe, "/history", nil); err != nil {
			t.Fatal(err)
		}
		w.says("ann", "confirm "+w.drafts("ann", "pay 1500 bob tea"))
		observed(b, "/history", func(limedoor.Entry) bool { return true }) // the notice was looked at before
		b.available(t)
		heard(b, func(text lime.Text) bool { return strings.Contains(string(text), "tea") })
		select {
		case e := <-other.came:
			t.Errorf("another heard %+v", e)
		default:
		}
	})
}

// What an app asks of its user, with the code that allows it, is not for the app.
func TestTheCodeOfAnAppIsForItsUser(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		me := w.person("ann")
		b := w.bot("ann", w.link("ann", "budget 1000/day"))
		me.available(t)
		b.available(t)
		o := must[limedoor.Order](b, lime.Set, "/orders", resource(limedoor.TypeOrder, `{"to":"bob","amount":5000,"confirm":true}`))
		if !o.Asked || o.State != limedoor.Pending {
			t.Fatalf("got %+v", o)
		}
		m := heard(me, func(text lime.Text) bool { return strings.Contains(string(text), "allow ") })
		text, _ := lime.As[lime.Text](m.Content)
		_, code, _ := strings.Cut(string(text), "allow ")
		code = strings.Trim(strings.Fields(code)[0], ".")
		if _, err := b.do(lime.Subscribe, "/orders", nil); err != nil {
			t.Fatal(err)
		}
		b.write("", "m1", lime.Text("allow "+code))
		heard(b, func(text lime.Text) bool { return !strings.Contains(string(text), "allow "+code) })
		if got := must[limedoor.Order](b, lime.Get, lime.URI("/orders/"+o.Code), nil); got.State != limedoor.Pending {
			t.Errorf("the bot allowed itself: %+v", got)
		}
		me.write("", "m2", lime.Text("allow "+code))
		observed(b, "/orders/"+o.Code, func(o limedoor.Order) bool { return o.State == limedoor.Sent })
		for _, e := range b.seen {
			if m, is := e.(*lime.Message); is && strings.Contains(jsonOf(t, m.Content), "allow "+code) {
				t.Errorf("the bot was told %s", jsonOf(t, m.Content))
			}
		}
	})
}

func (b *bot) available(t *testing.T) {
	t.Helper()
	if _, err := b.do(lime.Set, "/presence", lime.Presence{Status: lime.Available, RoutingRule: lime.RouteIdentity}); err != nil {
		t.Fatal(err)
	}
}
