package main

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/prosody"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Whoever restarts the XMPP server of the sandbox talks on when it is back.
func TestALineOutlivesARestart(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	needs.Programs(t)
	s, err := prosody.Start(ctx, t.TempDir(), xmppserver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	}()
	l, err := open(ctx, s, "you")
	if err != nil {
		t.Fatal(err)
	}
	heard, said := make(chan string, 100), make(chan string, 100)
	keep, leave := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() {
		l.keep(keep, func(m xmppclient.Stanza) { heard <- m.Body() }, func(format string, _ ...any) { said <- format })
	})
	defer all.Wait()
	defer leave()
	wait := func(from chan string, want string) {
		t.Helper()
		for {
			select {
			case got := <-from:
				if strings.Contains(got, want) {
					return
				}
			case <-ctx.Done():
				t.Fatalf("nobody said %q", want)
			}
		}
	}
	for range 2 {
		if err := s.Restart(ctx); err != nil {
			t.Fatal(err)
		}
		wait(said, "has gone")
		wait(said, "connected again")
		if _, err := l.client().Say("you@"+s.Domain, "to myself"); err != nil {
			t.Fatal(err)
		}
		wait(heard, "to myself")
	}
}
