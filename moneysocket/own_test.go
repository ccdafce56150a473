//go:build !js

package moneysocket_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// ask sends the request for a rendezvous from within the process, and says
// whether it was taken.
func ask(t *testing.T, r *moneysocket.Relay, id moneysocket.RendezvousID) (answer moneysocket.Name, c moneysocket.Conn) {
	t.Helper()
	c, err := r.Connect(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Write(soon(t), request(id)); err != nil {
		t.Fatal(err)
	}
	frame, err := c.Read(soon(t))
	if err != nil {
		return "", c
	}
	m, err := moneysocket.ParseMessage(frame)
	if err != nil {
		t.Fatal(err)
	}
	return m.Name, c
}

// Two strangers who know a rendezvous of ours, but not its seed, must not keep
// us out of it; nor must a link of ours meet itself while it is made anew.
func TestARendezvousOfOurOwn(t *testing.T) {
	own, free := moneysocket.NewSeed().Rendezvous(), moneysocket.NewSeed().Rendezvous()
	r := &moneysocket.Relay{Limits: loose, Own: func(id moneysocket.RendezvousID) bool { return id == own }}
	at := serve(t, r)
	first, second := socket(t, at), socket(t, at)
	write(t, first, request(own))
	next(t, first, moneysocket.NotifyRendezvousNotReady)
	write(t, second, request(own))
	ended(t, second)
	if got, _ := ask(t, r, own); got != moneysocket.NotifyRendezvous {
		t.Errorf("we got %q at our own rendezvous", got)
	}
	next(t, first, moneysocket.NotifyRendezvous)
	_ = first.CloseNow()
	for r.Counts().Connections > 0 { // the other end is closed as well
		time.Sleep(time.Millisecond)
	}
	if got, _ := ask(t, r, own); got != moneysocket.NotifyRendezvousNotReady {
		t.Errorf("we got %q", got)
	}
	if got, _ := ask(t, r, own); got != "" {
		t.Errorf("a second of us got %q", got)
	}
	pair(t, at, free)
}

// However many links of our own wait, strangers have their places, and the
// other way round.
func TestOurOwnLinksTakeNoPlaces(t *testing.T) {
	r := &moneysocket.Relay{Limits: moneysocket.Limits{Connections: 2, Waiting: 2, PerAddress: -1}}
	at := serve(t, r)
	waits := func() {
		t.Helper()
		for range 5 {
			if got, _ := ask(t, r, moneysocket.NewSeed().Rendezvous()); got != moneysocket.NotifyRendezvousNotReady {
				t.Fatalf("one of our own got %q", got)
			}
		}
	}
	waits()
	for range 2 {
		c := socket(t, at)
		write(t, c, request(moneysocket.NewSeed().Rendezvous()))
		next(t, c, moneysocket.NotifyRendezvousNotReady)
	}
	if _, answer, err := websocket.Dial(soon(t), at.URL(), nil); err == nil || answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a third stranger was taken in: %v", err)
	}
	waits()
	if got := r.Counts(); got != (moneysocket.Counts{Connections: 12, Waiting: 12}) {
		t.Errorf("counts: %+v", got)
	}
}

// Everybody has as many IPv6 addresses as he likes, of one network.
func TestAnAddressIsAHousehold(t *testing.T) {
	r := &moneysocket.Relay{Limits: moneysocket.Limits{PerAddress: 1}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		req.RemoteAddr = req.URL.Query().Get("from")
		r.ServeHTTP(w, req)
	})}
	background(t, func(context.Context) { _ = s.Serve(l) })
	t.Cleanup(func() { r.Close(); _ = s.Close() })
	for _, tt := range []struct {
		from string
		in   bool
	}{
		{"[2001:db8::1]:1", true}, {"[2001:db8::2]:2", false}, {"[2001:db8:0:0:ffff::]:3", false}, {"[2001:db8:0:1::1]:1", true},
		{"192.0.2.1:1", true}, {"[::ffff:192.0.2.1]:1", false}, {"192.0.2.2:1", true}, {"", true}, {"", false},
	} {
		c, _, err := websocket.Dial(soon(t), "ws://"+l.Addr().String()+"/?from="+tt.from, nil)
		if err == nil {
			defer func() { _ = c.CloseNow() }()
		}
		if (err == nil) != tt.in {
			t.Errorf("%s: got %v, want in: %v", tt.from, err, tt.in)
		}
	}
}

// A request that nobody can say anything about may be made again, and does not
// push others out of the memory.
func TestForget(t *testing.T) {
	s, w := moneysocket.NewSeed(), newWire()
	p := &purse{Provider: &moneysocket.Provider{Remember: 3}}
	asked := map[string]int{}
	p.Pay = func(_ context.Context, r moneysocket.Request) moneysocket.Answer {
		p.mu.Lock()
		defer p.mu.Unlock()
		if asked[r.UUID]++; asked[r.UUID] == 1 {
			p.Forget(r.Link, r.UUID)
			return moneysocket.Answer{}
		}
		return moneysocket.Answer{Error: "no"}
	}
	var sent []string
	p.OnSent = func(_ moneysocket.RendezvousID, uuid string, a moneysocket.Answer) { sent = append(sent, uuid+a.Error) }
	p.Show(true, true, moneysocket.Bitcoin(1000))
	p.run(t, link(s, w))
	w.consume(t, s)
	pay := func() moneysocket.Message {
		m := moneysocket.NewRequest(moneysocket.RequestPay)
		_, hash := preimage(1)
		m.Bolt11 = invoice(1, hash)
		return m
	}
	count := func(m moneysocket.Message) int {
		p.mu.Lock()
		defer p.mu.Unlock()
		return asked[m.UUID]
	}
	first, second := pay(), pay()
	for _, m := range []moneysocket.Message{first, first, second, second, first} {
		before := count(m)
		w.say(s, m)
		for before == 0 && count(m) == 0 {
			time.Sleep(time.Millisecond)
		}
		if before > 0 { // an answer, new or remembered
			if e := w.hear(t, s, moneysocket.NotifyError); e.Ref != m.UUID {
				t.Fatalf("got %+v", e)
			}
		}
	}
	w.barrier(t, s)
	if count(first) != 2 || count(second) != 2 {
		t.Errorf("handed over %v, want each twice", asked)
	}
	if len(sent) != 3 || sent[0] != first.UUID+"no" || sent[1] != second.UUID+"no" {
		t.Errorf("OnSent heard %q", sent)
	}
}

// Who has the rendezvous but not the seed is sent away; who has it stays.
func TestMute(t *testing.T) {
	for name, tt := range map[string]struct{ speaks, gone bool }{"says nothing": {false, true}, "speaks": {true, false}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, w := moneysocket.NewSeed(), newWire()
				p := newPurse(1000)
				p.Mute = 30 * time.Second
				p.run(t, link(s, w))
				w.meet(t, s)
				if tt.speaks {
					w.say(s, moneysocket.NewRequest(moneysocket.RequestProvider))
				} else {
					w.say(moneysocket.NewSeed(), moneysocket.NewRequest(moneysocket.RequestProvider))
				}
				time.Sleep(time.Minute) // of the bubble
				select {
				case <-w.gone:
					if !tt.gone {
						t.Error("the link was lost")
					}
				default:
					if tt.gone {
						t.Error("the link stayed")
					}
				}
			})
		})
	}
}

func TestFiatThatOthersCannotRead(t *testing.T) {
	for name, tt := range map[string]struct {
		wad  moneysocket.Wad
		want string
	}{
		"units that are none":        {moneysocket.Fiat(5, "", "EUR", "€", 2), "₿ 0.005 sat"},
		"units with a comma":         {moneysocket.Fiat(5, "1,2", "EUR", "€", 2), "₿ 0.005 sat"},
		"units that are no JSON":     {moneysocket.Fiat(5, ".5", "EUR", "€", 2), "₿ 0.005 sat"},
		"a debt":                     {moneysocket.Fiat(5, "-1", "EUR", "€", 2), "₿ 0.005 sat"},
		"no code":                    {moneysocket.Fiat(5, "1", "", "€", 2), "₿ 0.005 sat"},
		"a symbol that is a word":    {moneysocket.Fiat(5, "1", "SOS", "Sh.So.!", 2), "1.00 SOS"},
		"decimals out of proportion": {moneysocket.Fiat(5, "1", "EUR", "€", 11), "€ 1.00 EUR"},
		"what kills old programs":    {moneysocket.Fiat(5, "1", "LTC", "Ł", 8), "1.00 LTC"},
	} {
		if got := tt.wad.String(); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
		m := shown("", 5)
		m.Wad = &tt.wad
		if _, err := moneysocket.ParseMessage(m.Text()); err != nil {
			t.Errorf("%s: %v", name, errors.Unwrap(err))
		}
	}
}
