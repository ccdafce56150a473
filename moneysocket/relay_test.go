//go:build !js

package moneysocket_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// pair joins two websockets at a rendezvous.
func pair(t testing.TB, at moneysocket.Location, id moneysocket.RendezvousID) (a, b *websocket.Conn) {
	t.Helper()
	a, b = socket(t, at), socket(t, at)
	write(t, a, request(id))
	next(t, a, moneysocket.NotifyRendezvousNotReady)
	write(t, b, request(id))
	next(t, b, moneysocket.NotifyRendezvous)
	next(t, a, moneysocket.NotifyRendezvous)
	return a, b
}

// passes sends a frame from one to the other.
func passes(t testing.TB, a, b *websocket.Conn, frame string) {
	t.Helper()
	write(t, a, []byte(frame))
	if _, got, err := b.Read(soon(t)); err != nil || string(got) != frame {
		t.Errorf("got %q, %v, want %q", got, err, frame)
	}
}

func TestTwoMeetAndAThirdIsRefused(t *testing.T) {
	r := &moneysocket.Relay{Limits: loose}
	at := serve(t, r)
	id := moneysocket.NewSeed().Rendezvous()
	a, b := pair(t, at, id)
	c := socket(t, at)
	write(t, c, request(id))
	ended(t, c)
	passes(t, a, b, "\x01 to b")
	passes(t, b, a, "\x02 to a")
	if got := r.Counts(); got.Joined != 2 || got.Waiting != 0 {
		t.Errorf("counts: %+v", got)
	}
	_ = a.Close(websocket.StatusNormalClosure, "")
	if m := next(t, b, moneysocket.NotifyRendezvousEnd); m.Rendezvous != id || m.Ref != "" {
		t.Errorf("the end: %+v", m)
	}
	ended(t, b)
	a, b = pair(t, at, id) // it is free again
	passes(t, a, b, "\x03 again")
}

func TestWhatARelayRefuses(t *testing.T) {
	own := moneysocket.NewSeed().Rendezvous()
	r := &moneysocket.Relay{Limits: moneysocket.Limits{Rate: -1, PerAddress: -1, Slow: 100 * time.Millisecond},
		Allow: func(id moneysocket.RendezvousID) bool { return id[0] == own[0] }}
	at := serve(t, r)
	foreign := moneysocket.RendezvousID(strings.Map(func(c rune) rune { return map[bool]rune{true: '1', false: '0'}[c == '0'] }, string(own)))
	for name, play := range map[string]func(c *websocket.Conn){
		"a rendezvous of somebody else": func(c *websocket.Conn) { write(t, c, request(foreign)) },
		"a second rendezvous": func(c *websocket.Conn) {
			write(t, c, request(own))
			next(t, c, moneysocket.NotifyRendezvousNotReady)
			write(t, c, request(own))
		},
		"the draft version 1": func(c *websocket.Conn) { write(t, c, []byte{0, 1, 0}) },
		"another protocol":    func(c *websocket.Conn) { write(t, c, []byte("GET / HTTP/1.1")) },
		"a message too big":   func(c *websocket.Conn) { write(t, c, make([]byte, 64<<10+1)) },
		"too big in pieces": func(c *websocket.Conn) {
			w, err := c.Writer(soon(t), websocket.MessageBinary)
			for range 64<<10/1000 + 1 {
				if err == nil {
					_, err = w.Write(make([]byte, 1000))
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := socket(t, at)
			play(c)
			ended(t, c)
		})
	}
	for name, half := range map[string]string{
		"half a frame":          "\x82\xfe\x10\x00abcdhello", // of 4096 bytes
		"a message without end": "\x02\x82abcdhi",            // a first fragment
	} {
		t.Run(name, func(t *testing.T) {
			c, err := tcp(soon(t), at)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(c, half)
			gone(t, c)
		})
	}
	watchful := serve(t, &moneysocket.Relay{Limits: moneysocket.Limits{Quiet: 50 * time.Millisecond}})
	t.Run("one that is dead", func(t *testing.T) {
		c, err := tcp(soon(t), watchful)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write(masked(request(own))) // and it answers no ping
		gone(t, c)
	})
	eager := serve(t, &moneysocket.Relay{Limits: moneysocket.Limits{First: 100 * time.Millisecond}})
	for name, play := range map[string]func(c *websocket.Conn){
		"saying nothing":   func(*websocket.Conn) {},
		"only text frames": func(c *websocket.Conn) { _ = c.Write(soon(t), websocket.MessageText, request(own)) },
	} {
		t.Run(name, func(t *testing.T) {
			c := socket(t, eager)
			play(c)
			ended(t, c)
		})
	}
	// The same in small pieces is as good as in one, and so is the biggest.
	a, b := socket(t, at), socket(t, at)
	w, err := a.Writer(soon(t), websocket.MessageBinary)
	for _, c := range request(own) {
		if err == nil {
			_, err = w.Write([]byte{c})
		}
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	next(t, a, moneysocket.NotifyRendezvousNotReady)
	write(t, b, request(own))
	next(t, b, moneysocket.NotifyRendezvous)
	next(t, a, moneysocket.NotifyRendezvous)
	passes(t, a, b, strings.Repeat("\x05", 64<<10))
	// Clear messages are not passed on: nobody honest sends any.
	write(t, a, moneysocket.NewRequest(moneysocket.RequestPing).Text())
	passes(t, a, b, "\x06 only this")
}

func TestARelayHasLimits(t *testing.T) {
	for name, limits := range map[string]moneysocket.Limits{
		"of one address":      {PerAddress: 2},
		"of all together":     {Connections: 2, PerAddress: -1},
		"of those who wait":   {Waiting: 2, PerAddress: -1},
		"also of one with it": {PerAddress: 2, Connections: 2, Waiting: 2},
	} {
		t.Run(name, func(t *testing.T) {
			at := serve(t, &moneysocket.Relay{Limits: limits})
			for range 2 {
				c := socket(t, at)
				write(t, c, request(moneysocket.NewSeed().Rendezvous()))
				next(t, c, moneysocket.NotifyRendezvousNotReady)
			}
			c, answer, err := websocket.Dial(soon(t), at.URL(), nil)
			if limits.Waiting != 0 && err == nil {
				write(t, c, request(moneysocket.NewSeed().Rendezvous()))
				ended(t, c)
			} else if err == nil || answer.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("a third was taken in")
			}
		})
	}
}

// A peer that takes nothing is closed, and the other side is told.
func TestAPeerThatReadsNothing(t *testing.T) {
	at := serve(t, &moneysocket.Relay{Limits: moneysocket.Limits{Rate: -1, Slow: 2 * time.Second}})
	a, _ := pair(t, at, moneysocket.NewSeed().Rendezvous())
	stop := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if a.Write(context.Background(), websocket.MessageBinary, make([]byte, 60<<10)) != nil {
					return
				}
			}
		}
	})
	next(t, a, moneysocket.NotifyRendezvousEnd)
	close(stop)
	_ = a.CloseNow()
	writing.Wait()
}

func TestARelayThatWasClosed(t *testing.T) {
	r := &moneysocket.Relay{}
	c, err := r.Connect(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	if _, err := c.Read(soon(t)); err == nil {
		t.Error("a connection outlives its relay")
	}
	if _, err := r.Connect(soon(t)); !errors.Is(err, moneysocket.ErrClosed) {
		t.Errorf("got %v", err)
	}
}
