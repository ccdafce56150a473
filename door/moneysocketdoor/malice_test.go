package moneysocketdoor_test

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/door/moneysocketdoor"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// Whoever stands between app and door can change bits: every single one of a
// request to pay is tried. Nothing but the very invoice may reach the desk.
func TestEveryBitOfAPayment(t *testing.T) {
	d := newDesk()
	h := open(t, d, nil)
	p := meet(t, d.link(seeded()).Seed, h.at)
	ask, _ := order(t.Name(), 1000)
	i, _ := moneysocket.ParseInvoice(ask.Bolt11)
	frame := p.codec.Encode(ask)
	for bit := range 8 * len(frame) {
		bad := append([]byte(nil), frame...)
		bad[bit/8] ^= 1 << (bit % 8)
		p.write(bad)
		if bit%100 == 99 {
			p.barrier()
		}
	}
	p.barrier()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.asked) > 0 || len(d.payments) > 0 {
		t.Errorf("%d frames: the desk was asked for %v and paid %v; the invoice is %s", 8*len(frame), d.asked, d.payments, i.Hash)
	}
}

// The same frame a thousand times, and a thousand times more after a restart.
func TestAThousandReplays(t *testing.T) {
	d := newDesk()
	link := d.link(seeded())
	ask, proof := order(t.Name(), 1000)
	i, _ := moneysocket.ParseInvoice(ask.Bolt11)
	for restart := range 2 {
		h := open(t, d, nil)
		p := meet(t, link.Seed, h.at)
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
		t.Logf("%d answers to 1000 replays", len(p.got)) // those before the payment was made have one together
		for _, m := range p.got {
			if m.Preimage != proof || m.Ref != ask.UUID {
				t.Fatalf("got %+v", m)
			}
		}
		if n := see(d, func() int { return d.asked[i.Hash] }); n != restart+1 {
			t.Errorf("the desk was asked %d times in %d lives of the door", n, restart+1)
		}
		if n := see(d, func() int { return len(d.payments) }); n != 1 {
			t.Errorf("%d payments", n)
		}
		h.stop()
	}
}

func TestFramesThatAreTooMuch(t *testing.T) {
	d := newDesk()
	h := open(t, d, func(o *moneysocketdoor.Options) { o.Limits.Frames.Slow = 100 * time.Millisecond })
	link := d.link(seeded())
	until(t, "the link is kept", func() bool { return h.Counts().Links == 1 })
	t.Run("one that is too big", func(t *testing.T) {
		p := meet(t, link.Seed, h.at)
		_ = p.Write(soon(t), make([]byte, 64<<10+1))
		p.ended()
	})
	t.Run("one that comes too slowly", func(t *testing.T) {
		c := upgraded(t, h.at)
		if _, err := c.Write([]byte("\x82\xfe\x10\x00abcdhello")); err != nil { // of 4096 bytes
			t.Fatal(err)
		}
		gone(t, c)
	})
	bolt11, proof := bill(t.Name(), 1000)
	if got, err := join(t, link.Seed, h.at).Pay(soon(t), bolt11); err != nil || got != proof {
		t.Errorf("after that: %q, %v", got, err)
	}
}

// hostile are strangers who waste what a door has.
var hostile = []func(ctx context.Context, p *probe, id moneysocket.RendezvousID){
	func(ctx context.Context, _ *probe, _ moneysocket.RendezvousID) { <-ctx.Done() }, // silence
	func(ctx context.Context, p *probe, _ moneysocket.RendezvousID) {
		_ = p.Write(ctx, []byte("\xff\x00garbage"))
	},
	func(ctx context.Context, p *probe, id moneysocket.RendezvousID) { _ = p.Write(ctx, rendezvous(id)) }, // the third
	func(ctx context.Context, p *probe, _ moneysocket.RendezvousID) {
		_ = p.Write(ctx, make([]byte, 200<<10))
	},
	func(ctx context.Context, p *probe, _ moneysocket.RendezvousID) { // a flood, and no reading
		for p.Write(ctx, rendezvous(moneysocket.NewSeed().Rendezvous())) == nil {
		}
	},
}

// A hundred apps pay while two hundred strangers do their worst.
func TestTwoHundredStrangersAndAHundredApps(t *testing.T) {
	d := newDesk()
	h := open(t, d, func(o *moneysocketdoor.Options) { o.Limits.Frames.First = time.Second })
	var apps []*app
	for range 100 {
		apps = append(apps, join(t, d.link(seeded()).Seed, h.at))
	}
	for _, a := range apps {
		a.balance(t, 1_000_000)
	}
	id := moneysocket.Seed(d.links[0].Seed).Rendezvous()
	ctx, stop := context.WithCancel(t.Context())
	var strangers sync.WaitGroup
	for n := range 200 {
		strangers.Go(func() {
			for range 3 {
				c, err := moneysocket.Dialer{Limits: loose.Frames}.Dial(ctx, h.at)
				if err != nil {
					return
				}
				hostile[n%len(hostile)](ctx, &probe{TB: t, Conn: c}, id)
				_ = c.Close()
			}
		})
	}
	var paying sync.WaitGroup
	for n, a := range apps {
		paying.Go(func() {
			bolt11, proof := bill(strings.Repeat("x", n)+t.Name(), 1000)
			if got, err := a.Pay(soon(t), bolt11); err != nil || got != proof {
				t.Errorf("app %d: %q, %v", n, got, err)
			}
		})
	}
	paying.Wait()
	stop()
	strangers.Wait()
	if n := see(d, func() int { return len(d.payments) }); n != 100 {
		t.Errorf("%d payments, want 100", n)
	}
	if n := h.Counts().Ready; n != 100 {
		t.Errorf("%d apps are still there, want 100", n)
	}
}

// Who opens connections and says nothing takes no more than his share.
func TestConnectionsOfOneAddress(t *testing.T) {
	d := newDesk()
	h := open(t, d, func(o *moneysocketdoor.Options) { o.Limits.Frames.PerAddress = 3 })
	for range 3 {
		c, err := net.Dial("tcp", h.at.URL()[len("ws://"):])
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	if _, err := (moneysocket.Dialer{}).Dial(soon(t), h.at); err == nil {
		t.Error("a fourth was let in")
	}
}
