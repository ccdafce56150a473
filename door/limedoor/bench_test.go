package limedoor_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/door/limedoor"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
)

// BenchmarkBalance measures `get /balance`, which asks the desk and the
// database, beside `get /ping` of the same server on the same sessions, which is
// an echo in JSON: x-of-echo is how many times as long it takes. On one session
// 32 are under way at once; on 200 sessions one each.
func BenchmarkBalance(b *testing.B) {
	for _, load := range []struct {
		name            string
		sessions, depth int
	}{{"1 session", 1, 32}, {"200 sessions", 200, 1}} {
		b.Run(load.name, func(b *testing.B) {
			w := newTown(b, dbtest.SQLite(b), func(o *limedoor.Options) { o.WS, o.Limits.Sessions = "127.0.0.1:0", 1000 })
			w.enrol("ann")
			key := w.link("ann", "receive-only")
			var all []*limeclient.Channel
			for range load.sessions {
				transport, err := (&limeclient.Dialer{}).Connect(soon(b), w.door.Addresses()[0])
				if err != nil {
					b.Fatal(err)
				}
				s, err := w.enterBy("ann", lime.WithKey(key), transport, nil)
				if err != nil {
					b.Fatal(err)
				}
				all = append(all, s.Channel)
			}
			b.ResetTimer()
			var balances, echoes time.Duration
			const rounds = 10
			for n := range rounds { // in turns, so that both see the same machine
				share := b.N*(n+1)/rounds - b.N*n/rounds
				balances += measure(b, share, load.depth, all, "/balance")
				echoes += measure(b, share, load.depth, all, "/ping")
			}
			b.ReportMetric(float64(b.N)/balances.Seconds(), "balances/s")
			b.ReportMetric(float64(b.N)/echoes.Seconds(), "echoes/s")
			b.ReportMetric(balances.Seconds()/echoes.Seconds(), "x-of-echo")
		})
	}
}

// measure spreads questions over sessions, some at a time on each.
func measure(b *testing.B, questions, depth int, sessions []*limeclient.Channel, uri lime.URI) time.Duration {
	b.Helper()
	var all sync.WaitGroup
	workers := len(sessions) * depth
	began := time.Now()
	for n := range workers {
		share := questions*(n+1)/workers - questions*n/workers
		all.Go(func() {
			for range share {
				if _, err := sessions[n%len(sessions)].Do(context.Background(), lime.Get, uri, nil); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return time.Since(began)
}
