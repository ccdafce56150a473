package main

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/bench/socket"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
)

// serveSocket runs what apps and bots are compared with until the test ends.
func serveSocket(t *testing.T, h socket.Handler) (addr string) {
	t.Helper()
	p, err := port.Free()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- socket.Run(ctx, port.Address(p), h, func() { close(ready) }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	<-ready
	return port.Address(p)
}

func TestABurstCountsAsItsFrames(t *testing.T) {
	got := sample{perSecond: 3, processor: 600 * time.Microsecond}.times(200)
	if want := (sample{perSecond: 600, processor: 3 * time.Microsecond}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestIdleLinksMayCostSoMuch(t *testing.T) {
	for name, tt := range map[string]struct {
		before, after kib
		verdict       string
	}{
		"less is met":                      {1000, 1000 + 100*mostIdle - 1, "met"},
		"that much is not less":            {1000, 1000 + 100*mostIdle, "MISSED"},
		"what was not read proves nothing": {0, 0, "MISSED"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := idleRow("x", tt.before, tt.after, 100).verdict; got != tt.verdict {
				t.Errorf("got %s, want %s", got, tt.verdict)
			}
		})
	}
}

func TestFramesGoThrough(t *testing.T) {
	w, err := connect(t.Context(), 2, at(serveSocket(t, socket.Forward())), atSocket)
	defer w.close()
	if err != nil {
		t.Fatal(err)
	}
	for i := range w.pairs {
		if err := w.pong(t.Context(), i); err != nil {
			t.Error(err)
		}
		if err := w.stream(t.Context(), i); err != nil {
			t.Error(err)
		}
	}
}

func TestEachAppHasAnAddress(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for i, want := range map[int]string{0: "127.1.0.0", 255: "127.1.0.255", 1000: "127.1.3.232"} {
		c, err := dialer(i).NetDial(t.Context(), "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if got := c.LocalAddr().(*net.TCPAddr).IP.String(); got != want {
			t.Errorf("app %d: got %s, want %s", i, got, want)
		}
		c.Close()
	}
}

func TestABotEndsWithNothingUnderWay(t *testing.T) {
	h, err := socket.Answer(`{"id":"x","method":"get","status":"success","resource":{"available":5}}`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := arrive(t.Context(), "ws://"+serveSocket(t, h), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	var answers atomic.Int64
	over := make(chan struct{})
	close(over)
	const window = 8
	if err := all[0].talk(t.Context(), window, over, &answers); err != nil || answers.Load() != window {
		t.Errorf("got %d answers, %v, want %d", answers.Load(), err, window)
	}
	if err := all.leave(); err != nil {
		t.Error(err)
	}
}

func TestABotIsNotContentWithAFailure(t *testing.T) {
	h, err := socket.Answer(`{"id":"x","method":"get","status":"failure","reason":{"code":66}}`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := arrive(t.Context(), "ws://"+serveSocket(t, h), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = all.leave() }()
	if err := all[0].ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := all[0].hear(t.Context()); err == nil {
		t.Error("got no error")
	}
}
