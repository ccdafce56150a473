//go:build !js

package moneysocket_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// payFrame is a captured REQUEST_PAY of 1000 msat, in our form or compact as
// JavaScript writes it.
func payFrame(s moneysocket.Seed, compact bool) []byte {
	_, hash := preimage(3)
	m := moneysocket.NewRequest(moneysocket.RequestPay)
	m.Bolt11 = invoice(1000, hash)
	text := m.Text()
	if compact {
		text = fmt.Appendf(nil, `{"timestamp":%d.%03d,"protocol":"Moneysocket","protocol_version":"0.0.0","message_class":"REQUEST","request_uuid":%q,"request_name":"REQUEST_PAY","bolt11":%q}`,
			m.Time.Unix(), m.Time.Nanosecond()/1e6, m.UUID, m.Bolt11)
	}
	return moneysocket.NewCodec(s).Seal(text)
}

// against runs a provider over a wire, lets the test send, and says how often
// it was asked to pay.
func against(t *testing.T, p *moneysocket.Provider, s moneysocket.Seed, send func(w *wire)) (paid int) {
	t.Helper()
	asked := make(chan string, 8192)
	text, _ := preimage(3)
	p.Pay = func(_ context.Context, r moneysocket.Request) moneysocket.Answer {
		asked <- r.UUID
		return moneysocket.Answer{Preimage: text}
	}
	p.Busy = 8192
	p.Show(true, true, moneysocket.Bitcoin(1e6))
	w := newWire()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = p.Run(ctx, link(s, w))
	}()
	w.consume(t, s)
	send(w)
	w.barrier(t, s)
	stop()
	<-done
	return len(asked)
}

// There is nothing in the protocol that proves who wrote a frame, and in CBC a
// bit that is flipped in one block flips a bit of the next. No such frame asks
// for a payment, even of a provider that remembers nothing.
func TestEveryBitOfAFrameFlipped(t *testing.T) {
	for name, compact := range map[string]bool{"as we write it": false, "compact": true} {
		t.Run(name, func(t *testing.T) {
			s := moneysocket.NewSeed()
			frame := payFrame(s, compact)
			paid := against(t, &moneysocket.Provider{Remember: -1}, s, func(w *wire) {
				for bit := range 8 * len(frame) {
					bad := append([]byte(nil), frame...)
					bad[bit/8] ^= 1 << (bit % 8)
					w.to <- bad
				}
			})
			if paid != 0 {
				t.Errorf("%d of %d frames with a flipped bit asked for a payment", paid, 8*len(frame))
			}
			if paid = against(t, &moneysocket.Provider{Remember: -1}, s, func(w *wire) { w.to <- frame }); paid != 1 {
				t.Errorf("the frame itself asked for %d payments, want 1", paid)
			}
		})
	}
}

func TestAThousandReplays(t *testing.T) {
	s := moneysocket.NewSeed()
	frame := payFrame(s, false)
	replay := func(w *wire) {
		for range 1000 {
			w.to <- frame
		}
	}
	for name, tt := range map[string]struct {
		p    *moneysocket.Provider
		want int
	}{
		"a provider with its memory is asked once":           {&moneysocket.Provider{}, 1},
		"without memory it is the program's affair":          {&moneysocket.Provider{Remember: -1}, 1000},
		"a frame of yesterday asks for nothing":              {&moneysocket.Provider{Window: time.Nanosecond}, 0},
		"a memory of one place remembers the last, and only": {&moneysocket.Provider{Remember: 1}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := against(t, tt.p, s, replay); got != tt.want {
				t.Errorf("asked %d times, want %d", got, tt.want)
			}
		})
	}
}

// Where the memory ends: what was pushed out is handed over again.
func TestTheMemoryHasAnEnd(t *testing.T) {
	s := moneysocket.NewSeed()
	a, b := payFrame(s, false), payFrame(s, false)
	send := func(w *wire) { w.to <- a; w.to <- b; w.to <- a }
	for places, want := range map[int]int{1: 3, 2: 2} {
		if got := against(t, &moneysocket.Provider{Remember: places}, s, send); got != want {
			t.Errorf("with %d places: asked %d times, want %d", places, got, want)
		}
	}
}

func TestAUUIDIsForOneRequest(t *testing.T) {
	s := moneysocket.NewSeed()
	one := moneysocket.NewRequest(moneysocket.RequestPay)
	_, hash := preimage(3)
	one.Bolt11 = invoice(1000, hash)
	two := one
	two.Bolt11 = invoice(2000, hash)
	paid := against(t, &moneysocket.Provider{}, s, func(w *wire) {
		w.say(s, one)
		w.hear(t, s, moneysocket.NotifyPreimage)
		w.say(s, two)
		if m := w.hear(t, s, moneysocket.NotifyError); m.Ref != two.UUID {
			t.Errorf("got %+v", m)
		}
		w.say(s, one)
		w.hear(t, s, moneysocket.NotifyPreimage) // the old answer again
	})
	if paid != 1 {
		t.Errorf("asked %d times, want 1", paid)
	}
}

func TestClearMessagesAreRefused(t *testing.T) {
	s := moneysocket.NewSeed()
	_, hash := preimage(3)
	forged := moneysocket.NewRequest(moneysocket.RequestPay)
	forged.Bolt11 = invoice(1000, hash)
	paid := against(t, &moneysocket.Provider{}, s, func(w *wire) { w.to <- forged.Text() })
	if paid != 0 {
		t.Error("a clear REQUEST_PAY was handed over")
	}
	// A consumer is not shown a wallet in clear either.
	a, w := newApp(moneysocket.Link{}), newWire()
	a.Link = link(s, w)
	a.run(t)
	w.meet(t, s)
	w.hear(t, s, moneysocket.RequestProvider)
	m := moneysocket.NewNotification(moneysocket.NotifyProvider, "")
	m.Account, m.Wad = "33333333-3333-4333-8333-333333333333", new(moneysocket.Bitcoin(666))
	w.to <- m.Text()
	m.Wad = new(moneysocket.Bitcoin(7))
	w.say(s, m)
	if i := <-a.infos; i.Wad.Msats != 7 {
		t.Errorf("shown %d msat, want 7", i.Wad.Msats)
	}
}

// Frames that make other programs lose the connection are dropped.
func TestOddFramesAreDropped(t *testing.T) {
	s := moneysocket.NewSeed()
	c := moneysocket.NewCodec(s)
	forty := make([]byte, 40)
	sealed := func(text string) []byte { return c.Seal([]byte(text)) }
	clear := moneysocket.NewNotification(moneysocket.NotifyRendezvousNotReady, "")
	clear.Rendezvous = s.Rendezvous()
	for name, frame := range map[string][]byte{
		"nothing": {}, "one byte": {7}, "no multiple of 16": forty, "only an IV": forty[:16], "rubbish": forty[:32],
		"a number": []byte("123"), "a list": []byte("[]"), "null": []byte("null"), "a string": []byte(`"x"`), "an object": []byte("{}"),
		"a sealed number": sealed("123"), "a sealed null": sealed("null"), "nothing, sealed": sealed(""),
		"a sealed rendezvous": c.Seal(clear.Text()), "padding of another kind": c.SealWith([16]byte{}, []byte("{}\x0e\x0e")),
		"not UTF-8": sealed("{\"\xff\":1}"), "deeply nested": sealed(fmt.Sprint(json.RawMessage(make([]byte, 8000)))),
	} {
		t.Run(name, func(t *testing.T) {
			if paid := against(t, &moneysocket.Provider{}, s, func(w *wire) { w.to <- frame }); paid != 0 {
				t.Error("it asked for a payment")
			}
		})
	}
}
