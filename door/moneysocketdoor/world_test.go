package moneysocketdoor_test

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/door/moneysocketdoor"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// loose are limits under which a test on one machine is not slowed down.
var loose = moneysocketdoor.Limits{Frames: moneysocket.Limits{Rate: -1, PerAddress: -1}, Pace: time.Millisecond, Every: 20 * time.Millisecond,
	Renew: 20 * time.Millisecond, Retry: time.Millisecond, Again: time.Millisecond, Late: 200 * time.Millisecond}

// background runs f until the test ends or stop is called, and waits for it.
func background(t testing.TB, f func(ctx context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { f(ctx) })
	stop = func() { cancel(); all.Wait() }
	t.Cleanup(stop)
	return stop
}

// soon bounds what a broken test would wait for.
func soon(t testing.TB) context.Context {
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(stop)
	return ctx
}

// until waits until something is so.
func until(t testing.TB, what string, so func() bool) {
	t.Helper()
	for late := soon(t); !so(); time.Sleep(time.Millisecond) {
		if late.Err() != nil {
			t.Fatalf("never: %s", what)
		}
	}
}

// house is an open door.
type house struct {
	*moneysocketdoor.Door
	at   moneysocket.Location
	stop func()
}

// open opens a door of a desk on a free port of the loopback.
func open(t testing.TB, d moneysocketdoor.Desk, change func(*moneysocketdoor.Options)) *house {
	t.Helper()
	o := moneysocketdoor.Options{Desk: d, Words: phrases(), Languages: []string{"en"}, Instance: "one", Listen: "127.0.0.1:0", URL: "ws://127.0.0.1:1", AllowPlain: true, Limits: loose,
		NetDial: (&net.Dialer{}).DialContext}
	if testing.Verbose() {
		o.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))
	}
	if change != nil {
		change(&o)
	}
	x, err := moneysocketdoor.New(o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := x.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{Door: x}
	if l != nil {
		h.at = moneysocket.Location{Host: "127.0.0.1", Port: uint16(l.Addr().(*net.TCPAddr).Port), Plain: true}
	}
	if d, ok := d.(*desk); ok {
		d.change(func() { d.doors = append(d.doors, x) })
	}
	h.stop = background(t, func(ctx context.Context) {
		if err := x.Serve(ctx, l); err != nil {
			t.Error(err)
		}
	})
	return h
}

// serve starts a relay of somebody else.
func serve(t testing.TB) moneysocket.Location {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &moneysocket.Relay{Limits: loose.Frames}
	background(t, func(ctx context.Context) { _ = r.Serve(ctx, l) })
	return moneysocket.Location{Host: "127.0.0.1", Port: uint16(l.Addr().(*net.TCPAddr).Port), Plain: true}
}

// seeded is a beacon that names no place.
func seeded() moneysocket.Beacon { return moneysocket.Beacon{Seed: moneysocket.NewSeed()} }

// app is a consumer with what it was told.
type app struct {
	*moneysocket.Consumer
	infos     chan moneysocket.Info
	received  chan moneysocket.Payment
	preimages chan string
	events    chan moneysocket.Event
	leave     func()
}

// put keeps what there is room for: a benchmark reads none of it.
func put[T any](to chan T, x T) {
	select {
	case to <- x:
	default:
	}
}

// join starts an app.
func join(t testing.TB, s moneysocket.Seed, to moneysocket.Location) *app {
	l := moneysocket.Outgoing(moneysocket.Beacon{Seed: s, Locations: []moneysocket.Location{to}}, moneysocket.Dialer{Limits: loose.Frames})
	l.First = time.Millisecond
	a := &app{infos: make(chan moneysocket.Info, 4096), received: make(chan moneysocket.Payment, 4096),
		preimages: make(chan string, 4096), events: make(chan moneysocket.Event, 65536)}
	a.Consumer = &moneysocket.Consumer{Link: l,
		OnInfo:     func(i moneysocket.Info) { put(a.infos, i) },
		OnReceived: func(p moneysocket.Payment) { put(a.received, p) },
		OnPreimage: func(p moneysocket.Proof) { put(a.preimages, p.Preimage) },
		OnEvent:    func(e moneysocket.Event) { put(a.events, e) }}
	a.leave = background(t, func(ctx context.Context) { _ = a.Run(ctx) })
	return a
}

// await reads news until one is of a state.
func (a *app) await(t testing.TB, s moneysocket.State) {
	t.Helper()
	for late := soon(t); ; {
		select {
		case e := <-a.events:
			if e.State == s {
				return
			}
		case <-late.Done():
			t.Fatalf("the link never was %s", s)
		}
	}
}

// sees waits until the app is shown a wallet.
func (a *app) sees(t testing.TB, what string, fits func(moneysocket.Info) bool) {
	t.Helper()
	for late := soon(t); ; {
		select {
		case i := <-a.infos:
			if fits(i) {
				return
			}
		case <-late.Done():
			t.Fatalf("the app was not shown %s", what)
		}
	}
}

func (a *app) balance(t testing.TB, m amount.Msat) {
	t.Helper()
	a.sees(t, "its balance", func(i moneysocket.Info) bool { return amount.Msat(i.Wad.Msats) == m })
}

// hears waits for a preimage.
func (a *app) hears(t testing.TB, want string) {
	t.Helper()
	for late := soon(t); ; {
		select {
		case p := <-a.preimages:
			if p == want {
				return
			}
		case <-late.Done():
			t.Fatal("the app never heard of it")
		}
	}
}
