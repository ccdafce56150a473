package moneysocketdoor_test

import (
	"context"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/door/moneysocketdoor"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// question has an app ask for a payment above the budget, and waits until the
// desk knows.
func question(t *testing.T, d *desk, a *app, bolt11 string) (answered chan string) {
	t.Helper()
	answered = make(chan string, 1)
	i, err := moneysocket.ParseInvoice(bolt11)
	if err != nil {
		t.Fatal(err)
	}
	background(t, func(ctx context.Context) {
		got, err := a.Pay(ctx, bolt11)
		if err != nil {
			got = err.Error()
		}
		answered <- got
	})
	until(t, "the question is there", func() bool { return see(d, func() int { return len(d.waiting[i.Hash]) }) > 0 })
	return answered
}

// What is decided while nobody is there is told when the app comes back, once
// to the desk's knowledge.
func TestNewsWaitForTheApp(t *testing.T) {
	for name, tt := range map[string]struct {
		restart bool // of the door
		change  bool // of the app, to one that knows nothing any more
	}{
		"the app was away":              {false, true},
		"the door was away":             {true, false},
		"both were, and the app forgot": {true, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk()
			link := d.link(seeded())
			h := open(t, d, nil)
			a := join(t, link.Seed, h.at)
			bolt11, proof := bill(t.Name(), 600_000)
			answered := question(t, d, a, bolt11)
			mine, err := a.Invoice(soon(t), 100, "")
			if err != nil {
				t.Fatal(err)
			}
			if tt.change {
				a.leave()
				until(t, "the app is gone", func() bool { return h.Counts().Ready == 0 })
			}
			if tt.restart {
				h.stop()
			}
			d.decide(bolt11, true)
			d.paid(link.ID, mine)
			i, _ := moneysocket.ParseInvoice(mine)
			if n := see(d, func() int { return len(d.news) }); n != 2 && tt.change {
				t.Errorf("%d news wait, want 2", n)
			}
			to := h.at
			if tt.restart {
				to = open(t, d, func(o *moneysocketdoor.Options) { o.Instance = "two"; o.Listen = to.URL()[len("ws://"):] }).at
			}
			if tt.change {
				a = join(t, link.Seed, to)
			}
			heard := map[string]bool{}
			for len(heard) < 2 {
				select {
				case p := <-a.preimages:
					heard[p] = true
				case <-soon(t).Done():
					t.Fatal("the app never heard of it")
				}
			}
			if !heard[proof] || !heard[preimageOf(i.Hash)] {
				t.Errorf("the app heard %v", heard)
			}
			if !tt.change {
				if got := <-answered; got != proof {
					t.Errorf("the answer is %q", got)
				}
			}
			until(t, "the desk has no news left", func() bool { return see(d, func() int { return len(d.news) }) == 0 })
			if n := len(a.preimages); n > 0 {
				t.Errorf("the app heard %d news twice", n)
			}
			if n := see(d, func() int { return len(d.payments) }); n != 1 {
				t.Errorf("%d payments", n)
			}
		})
	}
}

// What the app has heard when the door closes is not told by the next one.
func TestNewsOfTheLastMoment(t *testing.T) {
	d := newDesk()
	h := open(t, d, func(o *moneysocketdoor.Options) { o.Limits.Pace, o.Limits.Every = 500*time.Millisecond, time.Second })
	a := join(t, d.link(seeded()).Seed, h.at)
	bolt11, proof := bill(t.Name(), 600_000)
	question(t, d, a, bolt11)
	d.decide(bolt11, true)
	a.hears(t, proof)
	h.stop()
	if n := see(d, func() int { return len(d.news) }); n != 0 {
		t.Errorf("%d news are left", n)
	}
}

// A desk that does not answer is not a no, and asking again helps.
func TestADeskThatIsAway(t *testing.T) {
	d := newDesk()
	h := open(t, d, nil)
	link := d.link(seeded())
	a := join(t, link.Seed, h.at)
	a.balance(t, 1_000_000)
	d.change(func() { d.away = errAway })
	bolt11, proof := bill(t.Name(), 1000)
	i, _ := moneysocket.ParseInvoice(bolt11)
	answered := make(chan string, 1)
	background(t, func(ctx context.Context) {
		got, err := a.Pay(ctx, bolt11)
		if err != nil {
			got = err.Error()
		}
		answered <- got
	})
	until(t, "the desk was asked twice", func() bool { return see(d, func() int { return d.asked[i.Hash] }) >= 2 })
	d.change(func() { d.away = nil })
	if got := <-answered; got != proof {
		t.Errorf("got %q", got)
	}
	if c := h.Counts(); c.Links != 1 || c.Ready != 1 {
		t.Errorf("a desk that is away ended links: %+v", c)
	}
}

// After some tries the door is silent, and the same request is heard again.
func TestARequestThatNobodyKnowsAnythingOf(t *testing.T) {
	d := newDesk()
	link := d.link(seeded())
	p := meet(t, link.Seed, open(t, d, nil).at)
	d.change(func() { d.away = errAway })
	ask, proof := order(t.Name(), 1000)
	i, _ := moneysocket.ParseInvoice(ask.Bolt11)
	p.say(ask)
	until(t, "the door gave up", func() bool { return see(d, func() int { return d.asked[i.Hash] }) == 5 })
	d.change(func() { d.away = nil })
	for len(p.got) == 0 { // it may not have forgotten it yet
		p.say(ask)
		p.barrier()
	}
	if m := p.got[0]; m.Name != moneysocket.NotifyPreimage || m.Preimage != proof || m.Ref != ask.UUID {
		t.Errorf("got %+v", m)
	}
}
