//go:build !js

package moneysocket_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// echo is a bare websocket server: what the machine and the library can do.
func echo(b *testing.B) moneysocket.Location {
	var all sync.WaitGroup
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		all.Add(1)
		defer all.Done()
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		for {
			kind, frame, err := c.Read(context.Background())
			if err != nil || c.Write(context.Background(), kind, frame) != nil {
				_ = c.CloseNow()
				return
			}
		}
	}))
	b.Cleanup(func() { s.Close(); all.Wait() })
	return moneysocket.Location{Host: "127.0.0.1", Port: uint16(s.Listener.Addr().(*net.TCPAddr).Port), Plain: true}
}

// stream sends n frames from one to the other, as fast as they are taken.
func stream(b *testing.B, from, to *websocket.Conn, frame []byte, n int) time.Duration {
	start := time.Now()
	var writing sync.WaitGroup
	writing.Go(func() {
		for range n {
			if err := from.Write(context.Background(), websocket.MessageBinary, frame); err != nil {
				b.Error(err)
				return
			}
		}
	})
	for range n {
		if _, _, err := to.Read(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	writing.Wait()
	return time.Since(start)
}

// BenchmarkRelay is how many frames of a REQUEST_PAY go through a relay in a
// second, and through a bare echo in the same run. One operation is a message.
func BenchmarkRelay(b *testing.B) {
	frame := payFrame(moneysocket.NewSeed(), false)
	from, to := pair(b, serve(b, &moneysocket.Relay{Limits: loose}), moneysocket.NewSeed().Rendezvous())
	bare := socket(b, echo(b))
	const burst = 1000
	var relayed, echoed time.Duration
	n := 0
	for b.Loop() {
		if n++; n%burst == 0 {
			relayed += stream(b, from, to, frame, burst)
			echoed += stream(b, bare, bare, frame, burst)
		}
	}
	if relayed > 0 {
		all := float64(n / burst * burst)
		b.ReportMetric(all/relayed.Seconds(), "relayed/s")
		b.ReportMetric(all/echoed.Seconds(), "echoed/s")
		b.ReportMetric(relayed.Seconds()/echoed.Seconds(), "times-echo")
	}
}

// BenchmarkHandshake is how many connections are opened and brought to a
// rendezvous in a second, and how many bare websockets in the same run.
func BenchmarkHandshake(b *testing.B) {
	at, bare := serve(b, &moneysocket.Relay{Limits: loose}), echo(b)
	var joined, opened time.Duration
	n := 0
	for b.Loop() {
		start := time.Now()
		x, y := pair(b, at, moneysocket.NewSeed().Rendezvous())
		_, _ = x.CloseNow(), y.CloseNow()
		joined += time.Since(start)
		start = time.Now()
		for range 2 {
			_ = socket(b, bare).CloseNow()
		}
		opened += time.Since(start)
		n += 2
	}
	b.ReportMetric(float64(n)/joined.Seconds(), "joined/s")
	b.ReportMetric(float64(n)/opened.Seconds(), "opened/s")
	b.ReportMetric(joined.Seconds()/opened.Seconds(), "times-bare")
}

// memory is what is in use after a collection, heap and stacks.
func memory() uint64 {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// BenchmarkIdleLink is the memory of a relay for a connection that waits at a
// rendezvous, for one that is joined, and of a provider that waits for its app.
func BenchmarkIdleLink(b *testing.B) {
	const links = 500
	r := &moneysocket.Relay{Limits: loose}
	at := serve(b, r)
	open := func(id moneysocket.RendezvousID) net.Conn {
		c, err := tcp(context.Background(), at)
		if err == nil {
			_, err = c.Write(masked(request(id)))
		}
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = c.Close() })
		return c
	}
	until := func(is func(moneysocket.Counts) bool) {
		for !is(r.Counts()) {
			runtime.Gosched()
		}
	}
	for b.Loop() {
		before := memory()
		var ids []moneysocket.RendezvousID
		var conns []net.Conn
		for range links {
			ids = append(ids, moneysocket.NewSeed().Rendezvous())
			conns = append(conns, open(ids[len(ids)-1]))
		}
		until(func(c moneysocket.Counts) bool { return c.Waiting == links })
		b.ReportMetric(float64(memory()-before)/links/1024, "KiB/waiting")
		for _, id := range ids {
			conns = append(conns, open(id))
		}
		until(func(c moneysocket.Counts) bool { return c.Joined == 2*links })
		b.ReportMetric(float64(memory()-before)/(2*links)/1024, "KiB/joined")
		for _, c := range conns {
			_ = c.Close()
		}
		until(func(c moneysocket.Counts) bool { return c.Connections == 0 })

		before = memory()
		ctx, stop := context.WithCancel(context.Background())
		var all sync.WaitGroup
		for range links {
			all.Go(func() { _ = (&moneysocket.Provider{}).Run(ctx, moneysocket.Incoming(r, moneysocket.NewSeed())) })
		}
		until(func(c moneysocket.Counts) bool { return c.Waiting == links })
		b.ReportMetric(float64(memory()-before)/links/1024, "KiB/provider")
		stop()
		all.Wait()
		until(func(c moneysocket.Counts) bool { return c.Connections == 0 })
	}
}
