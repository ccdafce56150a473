package moneysocketdoor_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/door/moneysocketdoor"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/wallet"
)

// With the real desk, on both databases: ann's app pays bob's, who are
// neighbours, so that the money moves in the books.
func TestTheRealDesk(t *testing.T) { dbtest.Each(t, realDesk) }

func realDesk(t *testing.T, d *db.DB) {
	n, err := port.Free()
	if err != nil {
		t.Fatal(err)
	}
	here := moneysocket.Location{Host: "127.0.0.1", Port: uint16(n), Plain: true}
	w := newTown(t, d, here)
	h := w.open(here)
	annsBeacon, bobsBeacon := w.enrol("ann", 10_000, "1000/day"), w.enrol("bob", 0, "0")
	bob := join(t, bobsBeacon.Seed, here)
	bill := func(sat int64) string {
		t.Helper()
		text, err := bob.Invoice(soon(t), moneysocket.Msat(amount.FromSats(sat)), "tea")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	bobHas := func(sat int64) {
		t.Helper()
		until(t, fmt.Sprintf("bob has %d sat", sat), func() bool { return w.has("bob") == amount.FromSats(sat) })
		if got := w.has("ann"); got != amount.FromSats(10_000-sat) {
			t.Errorf("ann has %d msat left, want %d", got, amount.FromSats(10_000-sat))
		}
	}

	// A thousand replays of one request pay once.
	p := meet(t, annsBeacon.Seed, here)
	ask := moneysocket.NewRequest(moneysocket.RequestPay)
	ask.Bolt11 = bill(300)
	frame := p.codec.Encode(ask)
	for n := range 1000 {
		p.write(frame)
		if n%100 == 99 {
			p.barrier()
		}
	}
	if len(p.got) == 0 {
		p.got = append(p.got, p.hear(moneysocket.NotifyPreimage))
	}
	for _, m := range p.got {
		if m.Name != moneysocket.NotifyPreimage || m.Ref != ask.UUID {
			t.Fatalf("got %+v", m)
		}
	}
	t.Logf("%d answers to 1000 replays", len(p.got))
	bobHas(300)
	if got := <-bob.received; got.Bolt11 != ask.Bolt11 {
		t.Errorf("bob's app heard of %+v", got)
	}
	bob.balance(t, 1) // it has no budget, whatever bob has: what is least, and no 0

	// What is above the budget is asked, and the door is not there when it is
	// answered. The app hears of it from the next.
	questions := map[string]moneysocket.Message{}
	for _, what := range []string{"allow", "deny"} {
		q := moneysocket.NewRequest(moneysocket.RequestPay)
		q.Bolt11 = bill(2000)
		p.say(q)
		allow, deny := w.hears("ann")
		text := allow
		if what == "deny" {
			text = deny
		}
		questions[text] = q
	}
	h.stop()
	for text := range questions {
		w.says("ann", text)
	}
	bobHas(2300)
	h = w.open(here)
	p = meet(t, annsBeacon.Seed, here)
	for range questions {
		m := p.next()
		for m.Name == moneysocket.NotifyProvider {
			m = p.next()
		}
		var of string
		for text, q := range questions {
			if q.UUID == m.Ref {
				of = text
			}
		}
		if of == "" || (m.Name == moneysocket.NotifyPreimage) != (of[:5] == "allow") {
			t.Errorf("%q: got %+v", of, m)
		}
	}
	// Neither the old request nor the old questions pay again, with old or new uuids.
	for n := range 100 {
		p.write(frame)
		ask.UUID = fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
		p.say(ask)
		for _, q := range questions {
			p.say(q)
		}
		p.barrier()
	}
	bobHas(2300)
	silent := func() {
		t.Helper()
		until(t, "nothing is left to tell", func() bool {
			links, err := w.desk.AppLinks(context.Background(), "see")
			if err != nil {
				t.Fatal(err)
			}
			return len(w.news(links)) == 0
		})
		p.barrier()
	}
	// A request may be answered after the barrier behind it.
	answers := map[string]int{}
	for _, m := range p.got {
		answers[m.Ref]++
	}
	for n := range 100 {
		uuid := fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
		for answers[uuid] == 0 {
			answers[p.hear(moneysocket.NotifyPreimage).Ref]++
		}
	}
	silent()
	// Each request for what was paid before has one answer: apps count them.
	p.got = nil
	for n := range 20 {
		ask.UUID = fmt.Sprintf("00000000-0000-4000-8000-%012d", 1000+n)
		p.say(ask)
		if got := p.hear(moneysocket.NotifyPreimage); got.Ref != ask.UUID {
			t.Errorf("%s is answered twice, %s not yet", got.Ref, ask.UUID)
		}
	}
	silent()
	for _, m := range p.got {
		t.Errorf("%s is answered twice: %s", m.Ref, m.Name)
	}
	h.stop()
}

// open opens a door of the town at a place.
func (w *town) open(at moneysocket.Location) *house {
	w.Helper()
	h := open(w, w.desk, func(o *moneysocketdoor.Options) {
		o.Limits = moneysocketdoor.Limits{Frames: loose.Frames} // as usual
		o.URL, o.Listen = at.URL(), at.URL()[len("ws://"):]
	})
	w.doors.Store(h)
	return h
}

func (w *town) news(links []wallet.AppLink) []wallet.AppAnswer {
	w.Helper()
	var apps []wallet.AppID
	for _, l := range links {
		apps = append(apps, l.ID)
	}
	news, err := w.desk.AppNews(context.Background(), apps)
	if err != nil {
		w.Fatal(err)
	}
	return news
}
