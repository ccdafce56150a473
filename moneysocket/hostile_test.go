package moneysocket_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// hostile are strangers who waste what a relay has.
var hostile = []func(ctx context.Context, at moneysocket.Location, id moneysocket.RendezvousID){
	func(ctx context.Context, at moneysocket.Location, _ moneysocket.RendezvousID) { // speaks no HTTP
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", strings.TrimPrefix(at.URL(), "ws://"))
		if err == nil {
			fmt.Fprintf(c, "\x16\x03\x01 hello")
			<-ctx.Done()
			_ = c.Close()
		}
	},
	dialled(func(ctx context.Context, c *websocket.Conn, _ moneysocket.RendezvousID) { // garbage
		_ = c.Write(ctx, websocket.MessageBinary, []byte("\xff\x00garbage"))
	}),
	dialled(func(ctx context.Context, c *websocket.Conn, id moneysocket.RendezvousID) { // the third at a rendezvous
		_ = c.Write(ctx, websocket.MessageBinary, request(id))
	}),
	dialled(func(ctx context.Context, c *websocket.Conn, _ moneysocket.RendezvousID) { // too big
		_ = c.Write(ctx, websocket.MessageBinary, make([]byte, 200<<10))
	}),
	dialled(func(ctx context.Context, c *websocket.Conn, _ moneysocket.RendezvousID) { // a flood, and no reading
		_ = c.Write(ctx, websocket.MessageBinary, request(moneysocket.NewSeed().Rendezvous()))
		for range 2000 {
			if c.Write(ctx, websocket.MessageBinary, request("zz")) != nil {
				return
			}
		}
	}),
	func(ctx context.Context, at moneysocket.Location, _ moneysocket.RendezvousID) { // half a message
		if c, err := tcp(ctx, at); err == nil {
			fmt.Fprint(c, "\x82\xfe\x10\x00abcdhello")
			<-ctx.Done()
			_ = c.Close()
		}
	},
	dialled(func(ctx context.Context, c *websocket.Conn, _ moneysocket.RendezvousID) { // text
		for range 100 {
			if c.Write(ctx, websocket.MessageText, []byte("hello")) != nil {
				return
			}
		}
	}),
}

// dialled is a stranger who comes again and again.
func dialled(play func(context.Context, *websocket.Conn, moneysocket.RendezvousID)) func(context.Context, moneysocket.Location, moneysocket.RendezvousID) {
	return func(ctx context.Context, at moneysocket.Location, id moneysocket.RendezvousID) {
		for range 3 {
			c, _, err := websocket.Dial(ctx, at.URL(), nil)
			if err != nil {
				return
			}
			play(ctx, c, id)
			_ = c.CloseNow()
		}
	}
}

// A thousand links wait, two hundred strangers do their worst, and a payment
// goes through meanwhile.
func TestARelayUnderAThousandIdleAndTwoHundredHostile(t *testing.T) {
	limits := loose
	limits.Slow = 2 * time.Second
	r := &moneysocket.Relay{Limits: limits}
	at := serve(t, r)
	idle := map[moneysocket.RendezvousID]*websocket.Conn{}
	for range 1000 {
		id := moneysocket.NewSeed().Rendezvous()
		idle[id] = socket(t, at)
		write(t, idle[id], request(id))
	}
	for _, c := range idle {
		next(t, c, moneysocket.NotifyRendezvousNotReady)
	}
	s := moneysocket.NewSeed()
	a, w := newApp(fast(s, at)), newPurse(1_000_000)
	a.run(t)
	w.run(t, fast(s, at))
	if _, err := a.Info(soon(t)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var strangers sync.WaitGroup
	for n := range 200 {
		strangers.Go(func() { hostile[n%len(hostile)](ctx, at, s.Rendezvous()) })
	}
	converse(t, a, w)
	stop()
	strangers.Wait()
	for id, c := range idle { // everybody is still there
		other := socket(t, at)
		write(t, other, request(id))
		next(t, other, moneysocket.NotifyRendezvous)
		next(t, c, moneysocket.NotifyRendezvous)
		passes(t, other, c, "\x01hello")
		_ = other.CloseNow()
	}
}
