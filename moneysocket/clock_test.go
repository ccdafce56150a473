//go:build !js

package moneysocket_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// These tests have a clock of their own: no real time passes.

// inBubble plays on a wire with a clock that only moves when all wait.
func inBubble(t *testing.T, play func(t *testing.T, s moneysocket.Seed, w *wire)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { play(t, moneysocket.NewSeed(), newWire()) })
}

func TestAFloodIsSlowedDown(t *testing.T) {
	inBubble(t, func(t *testing.T, s moneysocket.Seed, w *wire) {
		p := newPurse(1000)
		l := link(s, w)
		l.Limits = moneysocket.Limits{}
		p.run(t, l)
		w.consume(t, s)
		start := time.Now()
		for range 140 {
			w.say(s, moneysocket.NewRequest(moneysocket.RequestPing))
		}
		for range 140 {
			w.hear(t, s, moneysocket.NotifyPong)
		}
		if took := time.Since(start).Round(time.Second); took != 5*time.Second {
			t.Errorf("140 pings took %s, want 5 s at 20 a second after the first 40", took)
		}
	})
}

func TestARelayThatFloodsIsSlowedDown(t *testing.T) {
	inBubble(t, func(t *testing.T, s moneysocket.Seed, w *wire) {
		p := newPurse(1000)
		l := link(s, w)
		l.Limits = moneysocket.Limits{}
		p.run(t, l)
		ask := w.hear(t, s, moneysocket.RequestRendezvous)
		start := time.Now()
		for range 140 {
			m := moneysocket.NewNotification(moneysocket.NotifyRendezvousNotReady, ask.UUID)
			m.Rendezvous = s.Rendezvous()
			w.say(s, m)
		}
		for n := 0; n < 140; {
			if e := <-p.events; e.State == moneysocket.Waiting {
				n++
			}
		}
		if took := time.Since(start).Round(time.Second); took != 5*time.Second {
			t.Errorf("140 words of a relay took %s, want 5 s", took)
		}
	})
}

// What we say ourselves through our own relay has no limit: an answer and a
// wallet for each request are more than the requests.
func TestOurOwnFramesAreNotSlowedDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, id := &moneysocket.Relay{}, moneysocket.NewSeed().Rendezvous()
		t.Cleanup(r.Close)
		_, a := ask(t, r, id)
		_, b := ask(t, r, id)
		if _, err := a.Read(t.Context()); err != nil { // that b came
			t.Fatal(err)
		}
		start := time.Now()
		for range 100 {
			if err := a.Write(t.Context(), []byte("\x01")); err != nil {
				t.Fatal(err)
			}
			if _, err := b.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("100 frames took %s", took)
		}
	})
}

func TestPausesGrow(t *testing.T) {
	inBubble(t, func(t *testing.T, s moneysocket.Seed, _ *wire) {
		var pauses []time.Duration
		ctx, stop := context.WithCancel(t.Context())
		c := &moneysocket.Consumer{
			Link: moneysocket.Link{Seed: s, Open: func(context.Context) (moneysocket.Conn, error) { return nil, errGuard }},
			OnEvent: func(e moneysocket.Event) {
				if e.State == moneysocket.Lost && e.Retry > 0 {
					if !errors.Is(e.Err, errGuard) {
						t.Errorf("lost for %v", e.Err)
					}
					if pauses = append(pauses, e.Retry); len(pauses) == 20 {
						stop()
					}
				}
			},
		}
		start := time.Now()
		if err := c.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		var all time.Duration
		for i, p := range pauses[:19] {
			all += p
			want := 5 * time.Minute
			if i < 12 {
				want = min(want, time.Duration(5*float64(time.Second)*pow(i)))
			}
			if p < want*85/100 || p > want*115/100 {
				t.Errorf("pause %d: got %s, want about %s", i, p, want)
			}
		}
		if took := time.Since(start); took != all {
			t.Errorf("it took %s, and the pauses are %s", took, all)
		}
	})
}

// pow is 1.5 to the power of n.
func pow(n int) float64 {
	f := 1.0
	for range n {
		f *= 1.5
	}
	return f
}

func TestAQuietLinkIsPinged(t *testing.T) {
	inBubble(t, func(t *testing.T, s moneysocket.Seed, w *wire) {
		a := newApp(link(s, w))
		trips := make(chan time.Duration, 1)
		a.OnPong = func(d time.Duration) { trips <- d }
		a.run(t)
		w.provide(t, s, 1000)
		start := time.Now()
		ping := w.hear(t, s, moneysocket.RequestPing)
		if after := time.Since(start); after != 30*time.Second {
			t.Errorf("the first ping came after %s", after)
		}
		time.Sleep(time.Second) // of the bubble
		w.say(s, moneysocket.NewNotification(moneysocket.NotifyPong, ping.UUID))
		if d := <-trips; d != time.Second {
			t.Errorf("a round trip of %s", d)
		}
		w.hear(t, s, moneysocket.RequestPing) // whether it is answered or not
		w.hear(t, s, moneysocket.RequestPing)
	})
}

func TestPatienceEnds(t *testing.T) {
	inBubble(t, func(t *testing.T, s moneysocket.Seed, w *wire) {
		a := newApp(link(s, w))
		a.run(t)
		w.provide(t, s, 1000)
		start := time.Now()
		if _, err := a.Invoice(t.Context(), 2500, ""); !errors.Is(err, moneysocket.ErrUnknown) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took != 15*time.Second {
			t.Errorf("silence was taken for a no after %s", took)
		}
	})
}

func TestASilentOtherSideIsProbablyAProvider(t *testing.T) {
	inBubble(t, func(t *testing.T, s moneysocket.Seed, w *wire) {
		p := newPurse(1000)
		p.run(t, link(s, w))
		w.meet(t, s)
		start := time.Now()
		for e := range p.events {
			if e.Hint == moneysocket.SameRole {
				break
			}
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("told after %s", took)
		}
	})
}
