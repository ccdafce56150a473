package moneysocketdoor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/door/moneysocketdoor"
	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/wallet"
)

func TestALinkThatIsTakenAway(t *testing.T) {
	far := serve(t)
	for name, b := range map[string]moneysocket.Beacon{
		"an app that came in": seeded(), "an app that is dialled": {Seed: moneysocket.NewSeed(), Locations: []moneysocket.Location{far}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk()
			h := open(t, d, nil)
			to := h.at
			if len(b.Locations) > 0 {
				to = far
			}
			other := d.link(seeded())
			stays := join(t, other.Seed, h.at)
			stays.await(t, moneysocket.Ready)
			a := join(t, b.Seed, to)
			link := d.link(b)
			a.await(t, moneysocket.Ready)
			alone := d.link(seeded())
			until(t, "nobody is at the third link", func() bool { return h.Counts().Links == 3 })
			d.unlink(link.ID)
			d.unlink(alone.ID)
			a.await(t, moneysocket.Lost)
			bolt11, _ := bill(t.Name(), 100)
			if _, err := stays.Pay(soon(t), bolt11); err != nil {
				t.Errorf("the other app: %v", err)
			}
			until(t, "one link is left", func() bool { return h.Counts().Links == 1 })
			d.change(func() { d.links = append(d.links, link) })
			a.await(t, moneysocket.Ready)
		})
	}
}

func TestWhoMayUseTheRelay(t *testing.T) {
	d := newDesk()
	shut, all := open(t, d, nil), open(t, d, func(o *moneysocketdoor.Options) { o.Instance, o.Open = "two", true })
	link := d.link(seeded())
	foreign := moneysocket.NewSeed()
	t.Run("strangers are refused", func(t *testing.T) {
		p := dial(t, shut.at)
		p.write(rendezvous(foreign.Rendezvous()))
		p.ended()
	})
	t.Run("strangers meet if it is open", func(t *testing.T) {
		a, b := dial(t, all.at), dial(t, all.at)
		a.codec = moneysocket.NewCodec(foreign)
		a.write(rendezvous(foreign.Rendezvous()))
		a.hear(moneysocket.NotifyRendezvousNotReady)
		b.join(foreign)
		a.hear(moneysocket.NotifyRendezvous)
		b.say(moneysocket.NewRequest(moneysocket.RequestPing))
		a.hear(moneysocket.RequestPing)
	})
	for name, h := range map[string]*house{"a third is refused": shut, "also if it is open": all} {
		t.Run(name, func(t *testing.T) {
			until(t, "the link is kept", func() bool { return h.Counts().Links == 1 })
			a := meet(t, link.Seed, h.at)
			p := dial(t, h.at)
			p.write(rendezvous(moneysocket.Seed(link.Seed).Rendezvous()))
			p.ended()
			a.barrier()
		})
	}
}

// Who joins without the seed must not keep the app out for ever.
func TestSomebodyWhoSaysNothing(t *testing.T) {
	d := newDesk()
	h := open(t, d, func(o *moneysocketdoor.Options) { o.Limits.Mute = 50 * time.Millisecond })
	link := d.link(seeded())
	until(t, "the link is kept", func() bool { return h.Counts().Links == 1 })
	thief := dial(t, h.at)
	thief.join(link.Seed)
	thief.codec = moneysocket.NewCodec(moneysocket.NewSeed()) // it has only seen the rendezvous
	thief.say(moneysocket.NewRequest(moneysocket.RequestProvider))
	thief.ended()
	meet(t, link.Seed, h.at)
}

// What is stored may be of an older program, or broken.
func TestLinksThatCannotBeKept(t *testing.T) {
	far := serve(t)
	s := moneysocket.NewSeed()
	to := func(l moneysocket.Location) string {
		return moneysocket.Beacon{Seed: s, Locations: []moneysocket.Location{l}}.String()
	}
	secure := to(moneysocket.Location{Host: "127.0.0.1", Port: 1}) // where nobody is
	outside := func(o *moneysocketdoor.Options) { o.Listen = "" }
	for name, tt := range map[string]struct {
		change func(*moneysocketdoor.Options)
		app    wallet.AppLink // beside one that can be kept
	}{
		"a seed of another link":    {nil, wallet.AppLink{Seed: moneysocket.Seed{1}}},
		"no beacon":                 {nil, wallet.AppLink{Seed: s, Beacon: "nonsense"}},
		"hardly a beacon":           {nil, wallet.AppLink{Seed: s, Beacon: "moneysocket1"}},
		"a beacon cut short":        {nil, wallet.AppLink{Seed: s, Beacon: to(far)[:40]}},
		"a beacon that is too long": {nil, wallet.AppLink{Seed: s, Beacon: to(far) + "q"}},
		"a draft":                   {nil, wallet.AppLink{Seed: s, Beacon: "moneysocket1qqqsyqcyq5rqwzqf"}},
		"control characters":        {nil, wallet.AppLink{Seed: s, Beacon: "\x00"}},
		"a beacon of another seed":  {nil, wallet.AppLink{Seed: moneysocket.NewSeed(), Beacon: to(far)}},
		"no relay":                  {outside, wallet.AppLink{Seed: s}},
		"plain, which is not meant": {func(o *moneysocketdoor.Options) { o.AllowPlain, o.URL = false, "wss://example.org" }, wallet.AppLink{Seed: s, Beacon: to(far)}},
		"a door that does not dial": {func(o *moneysocketdoor.Options) { o.NetDial = nil }, wallet.AppLink{Seed: s, Beacon: to(far)}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk()
			h := open(t, d, tt.change)
			d.change(func() {
				tt.app.ID = 1
				good := wallet.AppLink{ID: 2, Seed: moneysocket.Seed{1}}
				if tt.change != nil && h.at.Port == 0 {
					good = wallet.AppLink{ID: 2, Seed: s, Beacon: secure}
				}
				d.links = []wallet.AppLink{good}
			})
			until(t, "the good one is kept", func() bool { return h.Counts().Links == 1 })
			seen := 0
			d.change(func() { d.links = append(d.links, tt.app); seen = d.looks })
			until(t, "the other was seen", func() bool { return see(d, func() int { return d.looks }) > seen+1 })
			if n := h.Counts().Links; n != 1 {
				t.Errorf("%d links are kept, want 1", n)
			}
		})
	}
}

// Of two doors, one dials; the app that comes in chooses.
func TestTwoDoors(t *testing.T) {
	d := newDesk()
	far := serve(t)
	one, two := open(t, d, nil), open(t, d, func(o *moneysocketdoor.Options) { o.Instance = "two" })
	b := seeded()
	b.Locations = []moneysocket.Location{far}
	out, in := d.link(b), d.link(seeded())
	dialled := join(t, b.Seed, far)
	dialled.balance(t, 1_000_000)
	for n, h := range []*house{one, two, one} {
		a := join(t, in.Seed, h.at)
		bolt11, proof := bill(fmt.Sprint(t.Name(), n), 1000)
		if got, err := a.Pay(soon(t), bolt11); err != nil || got != proof {
			t.Errorf("door %d: got %q, %v", n, got, err)
		}
		asked := question(t, d, a, invoiceOf(t, n))
		d.decide(invoiceOf(t, n), true)
		if got := <-asked; len(got) != 64 {
			t.Errorf("door %d: got %q", n, got)
		}
		d.change(func() { d.balance = 1_000_000 })
		a.leave()
	}
	first, second := one, two
	if see(d, func() string { return d.held[out.ID] }) == "two" {
		first, second = two, one
	}
	first.stop()
	d.change(func() { clear(d.held) }) // its hold runs out
	dialled.await(t, moneysocket.Ready)
	until(t, "the other door dials", func() bool { return second.Counts().Ready == 1 })
}

func invoiceOf(t *testing.T, n int) string {
	bolt11, _ := bill(fmt.Sprint(t.Name(), "question", n), 600_000)
	return bolt11
}
