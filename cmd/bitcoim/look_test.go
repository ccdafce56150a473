package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/worker"
)

// absent is a node that says only why it does not answer.
type absent struct {
	chain.Node
	why error
}

func (a absent) Info(context.Context) (chain.Info, error) { return chain.Info{}, a.why }

// Each outage of a node is one line, however often it is asked: before the first look,
// which is tried every few seconds, and later.
func TestAnOutageOfANodeIsSaidOnce(t *testing.T) {
	catching := fmt.Errorf("%w: it is at block 7", chain.ErrWarmingUp)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, first := range []bool{true, false} {
			t.Run(fmt.Sprintf("before the first look: %v", first), func(t *testing.T) {
				var log bytes.Buffer
				g := &gateway{db: d, log: slog.New(slog.NewTextHandler(&log, nil))}
				g.config.Audit.Every = time.Hour
				g.frozen.Store(first)
				looks := func(when string, why error, lines int) {
					t.Helper()
					log.Reset()
					g.node = absent{why: why}
					for range 5 {
						g.looks.next = time.Time{}
						if _, err := g.audit(t.Context()); err != nil {
							t.Fatal(err)
						}
					}
					if got := log.String(); strings.Count(got, "\n") != lines || strings.Count(got, "level=WARN") != lines {
						t.Errorf("%s: want %d lines, got\n%s", when, lines, got)
					}
					if g.frozen.Load() != first {
						t.Errorf("%s: frozen is %v", when, !first)
					}
				}
				looks("it catches up", catching, 0)
				looks("it went away", chain.ErrUnreachable, 1)
				looks("it stays away", chain.ErrUnreachable, 0)
				looks("it catches up again", catching, 0)

				log.Reset()
				g.compared(time.Now(), 0)
				g.compared(time.Now(), 0)
				if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "were compared") {
					t.Errorf("when it is back: %s", got)
				}
				first = false
				looks("it catches up with a block", catching, 0)
				log.Reset()
				for range 2 {
					g.notCompared(time.Now().Add(worker.Patience), catching)
				}
				if got := log.String(); strings.Count(got, "level=WARN") != 1 || strings.Count(got, "\n") != 1 {
					t.Errorf("it takes long: %s", got)
				}
			})
		}
	})
}
