package moneysocketdoor_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/bitcoim/bitcoim/door/moneysocketdoor"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// BenchmarkPayment is what the door costs, over real websockets and a desk that
// costs nothing.
func BenchmarkPayment(b *testing.B) {
	for _, apps := range []int{1, 16} {
		b.Run(fmt.Sprintf("apps=%d", apps), func(b *testing.B) {
			d := newDesk()
			d.balance = 1 << 50
			h := open(b, d, nil)
			ready := make(chan *app, apps)
			for range apps {
				a := join(b, d.link(seeded()).Seed, h.at)
				a.await(b, moneysocket.Ready)
				ready <- a
			}
			var n atomic.Int64
			b.SetParallelism((apps + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				a := <-ready
				defer func() { ready <- a }()
				for pb.Next() {
					bolt11, _ := bill(fmt.Sprint(b.Name(), b.N, n.Add(1)), 1000)
					if _, err := a.Pay(b.Context(), bolt11); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "payments/s")
		})
	}
}

// BenchmarkHandshake is an app that comes, sees its wallet and goes; each of many
// in its turn, because a link is offered again after some milliseconds.
func BenchmarkHandshake(b *testing.B) {
	d := newDesk()
	h := open(b, d, nil)
	var links []moneysocket.Seed
	for range 256 {
		links = append(links, d.link(seeded()).Seed)
	}
	until(b, "all links wait", func() bool { return h.Counts().Relay.Waiting == len(links) })
	n := 0
	for b.Loop() {
		p := meet(b, links[n%len(links)], h.at)
		if err := p.Close(); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "handshakes/s")
}

// BenchmarkIdleLink is the memory of links on which nothing happens: those that
// wait for their app, and those whose app is there. The apps are bare sockets.
func BenchmarkIdleLink(b *testing.B) {
	const links = 1000
	for _, there := range []bool{false, true} {
		b.Run(map[bool]string{false: "waiting", true: "ready"}[there], func(b *testing.B) {
			for b.Loop() {
				d := newDesk()
				h := open(b, d, func(o *moneysocketdoor.Options) { o.Limits.Pace, o.Limits.Every, o.Limits.Renew = 0, 0, 0 })
				heapBefore, stackBefore := memory()
				var seeds []moneysocket.Seed
				for range links {
					seeds = append(seeds, d.link(seeded()).Seed)
				}
				until(b, "all links wait", func() bool { h.Notify(); return h.Counts().Relay.Waiting == links })
				var conns []net.Conn
				if there {
					for _, s := range seeds {
						conns = append(conns, arrive(b, s, h.at))
					}
					until(b, "all apps are there", func() bool { return h.Counts().Ready == links })
				}
				heap, stack := memory()
				b.ReportMetric(float64(heap-heapBefore)/links, "heap-B/link")
				b.ReportMetric(float64(stack-stackBefore)/links, "stack-B/link")
				b.ReportMetric(float64(heap+stack-heapBefore-stackBefore)/links, "B/link")
				for _, c := range conns {
					_ = c.Close()
				}
				h.stop()
			}
		})
	}
}

// memory is what is in use, after what is not was let go.
func memory() (heap, stack int64) {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc), int64(m.StackInuse)
}

// arrive is an app that costs us nothing beside its socket.
func arrive(b *testing.B, s moneysocket.Seed, to moneysocket.Location) net.Conn {
	b.Helper()
	c := upgraded(b, to)
	for _, frame := range [][]byte{rendezvous(s.Rendezvous()), moneysocket.NewCodec(s).Encode(moneysocket.NewRequest(moneysocket.RequestProvider))} {
		// The wallet comes when the second is heard.
		if _, err := c.Write(masked(frame)); err != nil {
			b.Fatal(err)
		}
		_, _ = io.ReadAtLeast(c, make([]byte, 1024), 300)
	}
	return c
}

// masked is a binary frame of a client, with a mask of zeros.
func masked(payload []byte) []byte {
	frame := binary.BigEndian.AppendUint16([]byte{0x82, 0x80 | 126}, uint16(len(payload)))
	return append(append(frame, 0, 0, 0, 0), payload...)
}
