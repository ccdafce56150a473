// Package worker moves orders, deposits and notices along. Each loop takes
// one thing at a time, writes down what it is about to do, does it, and
// writes down what came of it. Nobody imports it but cmd.
package worker

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/outbox"
)

// Bell wakes loops that wait.
type Bell struct {
	mu    sync.Mutex
	loops []chan struct{}
}

// Ring wakes every loop; ringing twice before one looks wakes it once.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.loops {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (b *Bell) listen() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := make(chan struct{}, 1)
	b.loops = append(b.loops, c)
	return c
}

// Loop repeats a step: at once while there is more, else when the bell rings
// or the poll is due. An error waits for the poll, and longer if it stays.
type Loop struct {
	Name string
	Poll time.Duration
	Bell *Bell // nil: the poll alone
	Log  *slog.Logger
	Step func(ctx context.Context) (more bool, err error)
}

// Patience is how long a node may say that it is not ready yet before somebody
// should look: it says so for seconds at each block, and after a start.
const Patience = 2 * time.Minute

// longest is how rarely a step that keeps failing is tried.
const longest = time.Minute

// Run works until the context ends; the step under way is finished.
func (l Loop) Run(ctx context.Context) error {
	var wake <-chan struct{}
	if l.Bell != nil {
		wake = l.Bell.listen()
	}
	failed, said := 0, 0
	var since time.Time
	for ctx.Err() == nil {
		more, err := l.once(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			if failed++; failed == 1 {
				since = time.Now()
			}
			if level := Grave(err, time.Since(since)); level == slog.LevelDebug {
				l.Log.Debug("step waits", "loop", l.Name, "err", err)
			} else if said == 0 || failed%20 == 0 { // an outage is one line, not one a second
				said = failed
				l.Log.Log(ctx, level, "step failed", "loop", l.Name, "times", failed, "err", err)
			}
		case err == nil:
			if said > 0 {
				l.Log.Info("step works again", "loop", l.Name, "failures", failed)
			}
			failed, said = 0, 0
			if more {
				continue
			}
		}
		pause := min(l.Poll<<min(failed, 6), max(longest, l.Poll))
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-t.C:
		}
		t.Stop()
	}
	return nil
}

// Grave is how bad an error is that has lasted for so long: slog.LevelDebug is nothing
// to be told.
func Grave(err error, lasts time.Duration) slog.Level {
	warming := errors.Is(err, chain.ErrWarmingUp) || errors.Is(err, lightning.ErrWarmingUp)
	switch {
	case errors.Is(err, outbox.ErrAway): // the door has said so, and comes back
		return slog.LevelInfo
	case warming && lasts < Patience:
		return slog.LevelDebug
	case warming:
		return slog.LevelWarn
	}
	return slog.LevelError
}

func (l Loop) once(ctx context.Context) (more bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			l.Log.Error("step panicked", "loop", l.Name, "panic", p, "stack", string(debug.Stack()))
			more, err = false, errPanic
		}
	}()
	return l.Step(ctx)
}
