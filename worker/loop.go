// Package worker moves orders, deposits and notices along. Each loop takes
// one thing at a time, writes down what it is about to do, does it, and
// writes down what came of it. Nobody imports it but cmd.
package worker

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
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

// longest is how rarely a step that keeps failing is tried.
const longest = time.Minute

// Run works until the context ends; the step under way is finished.
func (l Loop) Run(ctx context.Context) error {
	var wake <-chan struct{}
	if l.Bell != nil {
		wake = l.Bell.listen()
	}
	failed := 0
	var out Outage
	for ctx.Err() == nil {
		more, err := l.once(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			failed++
			out.Tell(l.Log.With("loop", l.Name, "times", failed), time.Now(), slog.LevelError, "step failed", err)
		case err == nil:
			if told, lasted := out.Over(time.Now()); told {
				l.Log.Info("step works again", "loop", l.Name, "failures", failed, "after", lasted)
			}
			failed = 0
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

func (l Loop) once(ctx context.Context) (more bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			l.Log.Error("step panicked", "loop", l.Name, "panic", p, "stack", string(debug.Stack()))
			more, err = false, errPanic
		}
	}()
	return l.Step(ctx)
}
