//go:build !js

package moneysocket_test

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// asked counts the messages of a name that come before a pong.
func asked(t *testing.T, w *wire, s moneysocket.Seed, name moneysocket.Name) (n int) {
	t.Helper()
	ping := moneysocket.NewRequest(moneysocket.RequestPing)
	w.say(s, ping)
	for {
		select {
		case f := <-w.from:
			m, err := moneysocket.NewCodec(s).Decode(f)
			if err != nil {
				t.Fatal(err)
			}
			if m.Name == name {
				n++
			}
			if m.Name == moneysocket.NotifyPong {
				return n
			}
		case <-soon(t).Done():
			t.Fatal("no pong")
		}
	}
}

// provide plays a provider up to READY, with a balance.
func (w *wire) provide(t testing.TB, s moneysocket.Seed, m moneysocket.Msat) {
	t.Helper()
	w.meet(t, s)
	ask := w.hear(t, s, moneysocket.RequestProvider)
	w.say(s, shown(ask.UUID, m))
}

// shown is the NOTIFY_PROVIDER of a balance.
func shown(ref string, msats moneysocket.Msat) moneysocket.Message {
	m := moneysocket.NewNotification(moneysocket.NotifyProvider, ref)
	m.Account, m.Payer, m.Payee = "33333333-3333-4333-8333-333333333333", true, true
	m.Wad = new(moneysocket.Bitcoin(msats))
	return m
}

func TestTheProviderIsAskedForOnce(t *testing.T) {
	s, w := moneysocket.NewSeed(), newWire()
	a := newApp(link(s, w))
	a.Ping = time.Millisecond
	a.run(t)
	w.meet(t, s)
	ask := w.hear(t, s, moneysocket.RequestProvider)
	w.say(s, moneysocket.NewNotification(moneysocket.NotifyProviderNotReady, ask.UUID))
	again := moneysocket.NewNotification(moneysocket.NotifyRendezvous, "")
	again.Rendezvous = s.Rendezvous()
	w.say(s, again) // some relays say it twice
	w.say(s, shown("", 1000))
	w.say(s, moneysocket.NewNotification(moneysocket.NotifyProviderNotReady, ask.UUID))
	w.say(s, shown("", 1000))
	if n := asked(t, w, s, moneysocket.RequestProvider); n != 0 {
		t.Errorf("asked %d times more", n)
	}
}

func TestAProviderAnswersARepeatedQuestionOnce(t *testing.T) {
	s, w := moneysocket.NewSeed(), newWire()
	p := newPurse(1000)
	p.run(t, link(s, w))
	w.consume(t, s)
	w.say(s, moneysocket.NewRequest(moneysocket.RequestProvider))
	if n := asked(t, w, s, moneysocket.NotifyProvider); n != 1 {
		t.Errorf("%d answers, want 1", n)
	}
	text, _ := preimage(1)
	p.Received(text)
	w.hear(t, s, moneysocket.NotifyPreimage)
	if n := asked(t, w, s, moneysocket.NotifyPreimage); n != 0 {
		t.Errorf("a preimage came %d times more", n)
	}
}

func TestBeforeTheWalletNothingIsAsked(t *testing.T) {
	s, w := moneysocket.NewSeed(), newWire()
	p := newPurse(1000)
	p.run(t, link(s, w))
	w.meet(t, s)
	w.to <- payFrame(s, false)
	if n := asked(t, w, s, moneysocket.NotifyPreimage); n != 0 || p.payments() != 0 {
		t.Error("a payment was made before REQUEST_PROVIDER")
	}
}

// An answer that takes long reaches the app that asked, over whatever happened
// to the connection meanwhile.
func TestALateAnswerFindsItsApp(t *testing.T) {
	s := moneysocket.NewSeed()
	r := &moneysocket.Relay{Limits: loose}
	at := serve(t, r)
	requests := make(chan moneysocket.Request, 1)
	w := newPurse(1000)
	w.Pay = func(_ context.Context, r moneysocket.Request) moneysocket.Answer {
		requests <- r
		return moneysocket.Answer{} // a person is asked
	}
	w.run(t, fast(s, at))
	a := newApp(fast(s, at))
	var last atomic.Pointer[moneysocket.Conn]
	open := a.Link.Open
	a.Link.Open = func(ctx context.Context) (moneysocket.Conn, error) {
		c, err := open(ctx)
		last.Store(&c)
		return c, err
	}
	a.run(t)
	want, hash := preimage(3)
	type outcome struct {
		text string
		err  error
	}
	done := make(chan outcome, 1)
	go func() {
		text, err := a.Pay(soon(t), invoice(500, hash))
		done <- outcome{text, err}
	}()
	q := <-requests
	if q.Invoice.Amount != 500 || q.Invoice.Hash != hash || q.Link != s.Rendezvous() {
		t.Errorf("asked for %+v", q)
	}
	await(t, a.events, moneysocket.Ready)
	_ = (*last.Load()).Close()
	await(t, w.events, moneysocket.Lost)
	w.Answer(q.Link, q.UUID, moneysocket.Answer{Preimage: want, Ext: "{}"})
	if got := <-done; got.err != nil || got.text != want {
		t.Errorf("got %+v", got)
	}
	if got := await(t, a.events, moneysocket.Lost); got.Retry <= 0 {
		t.Errorf("no pause before the next attempt: %+v", got)
	}
}

// After a restart of the program the answer is given to a new Provider.
func TestAnAnswerAfterARestart(t *testing.T) {
	for name, linked := range map[string]bool{"to its link": true, "to all links": false} {
		t.Run(name, func(t *testing.T) {
			s, w := moneysocket.NewSeed(), newWire()
			p := newPurse(1000)
			text, _ := preimage(3)
			to := moneysocket.RendezvousID("")
			if linked {
				to = s.Rendezvous()
			}
			p.Answer(to, "11111111-1111-4111-8111-111111111111", moneysocket.Answer{Preimage: text})
			p.run(t, link(s, w))
			w.consume(t, s)
			if m := w.hear(t, s, moneysocket.NotifyPreimage); m.Ref != "11111111-1111-4111-8111-111111111111" || m.Preimage != text {
				t.Errorf("got %+v", m)
			}
		})
	}
}

func TestBothComeBackAfterTheRelay(t *testing.T) {
	s := moneysocket.NewSeed()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := moneysocket.Location{Host: "127.0.0.1", Port: uint16(l.Addr().(*net.TCPAddr).Port), Plain: true}
	ctx, stop := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { first <- (&moneysocket.Relay{Limits: loose}).Serve(ctx, l) }()
	a, w := newApp(fast(s, at)), newPurse(1_000_000)
	a.run(t)
	w.run(t, fast(s, at))
	await(t, a.events, moneysocket.Ready)
	stop()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the relay ended with %v", err)
	}
	await(t, a.events, moneysocket.Lost)
	await(t, w.events, moneysocket.Lost)
	if l, err = net.Listen("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	background(t, func(ctx context.Context) { _ = (&moneysocket.Relay{Limits: loose}).Serve(ctx, l) })
	await(t, a.events, moneysocket.Ready)
	converse(t, a, w)
}

func TestTwoOfTheSameRole(t *testing.T) {
	s := moneysocket.NewSeed()
	r := &moneysocket.Relay{Limits: loose}
	t.Cleanup(r.Close)
	a, b := newApp(moneysocket.Incoming(r, s)), newApp(moneysocket.Incoming(r, s))
	a.run(t)
	b.run(t)
	for e := await(t, a.events, moneysocket.Joined); e.Hint != moneysocket.SameRole; e = await(t, a.events, moneysocket.Joined) {
	}
	w, v := newWire(), newPurse(1000)
	v.run(t, link(s, w))
	w.meet(t, s)
	w.say(s, shown("", 1000))
	for e := await(t, v.events, moneysocket.Joined); e.Hint != moneysocket.SameRole; e = await(t, v.events, moneysocket.Joined) {
	}
}

// A balance that changes often is shown at the pace, and the last is shown.
func TestABalanceThatChangesOften(t *testing.T) {
	s, w := moneysocket.NewSeed(), newWire()
	p := newPurse(1)
	p.Pace = 50 * time.Millisecond
	p.run(t, link(s, w))
	w.consume(t, s)
	for n := range 100 {
		p.Show(true, true, moneysocket.Bitcoin(moneysocket.Msat(1000+n)))
	}
	updates := 0
	for {
		updates++
		if m := w.hear(t, s, moneysocket.NotifyProvider); m.Wad.Msats == 1099 {
			break
		}
	}
	if updates > 50 {
		t.Errorf("%d updates for 100 changes", updates)
	}
}
