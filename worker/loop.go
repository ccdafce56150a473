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
)

// Signal wakes loops that wait.
type Signal struct {
	mu    sync.Mutex
	loops []chan struct{}
}

// Notify wakes every loop; notifying twice before one looks wakes it once.
func (b *Signal) Notify() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.loops {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (b *Signal) listen() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := make(chan struct{}, 1)
	b.loops = append(b.loops, c)
	return c
}

// Loop repeats a step: at once while there is more, else when the signal comes
// or the poll is due. An error waits for the poll, and longer if it stays.
type Loop struct {
	Name   string
	Poll   time.Duration
	Signal *Signal // nil: the poll alone
	Log    *slog.Logger
	Step   func(ctx context.Context) (more bool, err error)
	// Listens says that the step lasts as long as all is well, and ends with an error.
	Listens bool
	// Database is what the loops of one database say together of it, while it is away;
	// nil: each for itself.
	Database *Away
}

const (
	longest = time.Minute      // how rarely a step that keeps failing is tried
	again   = 10 * time.Second // the same of one that listens: what comes meanwhile waits
	// listened is how long one that listens has to last until an outage is over. Who
	// hears of the end of one and is cut off again within longest has to last twice as
	// long the next time: a line that breaks each half a minute is one outage.
	listened = 5 * time.Second
)

// ErrIdle is the word of a step that had nothing to do: whoever asked nobody does not
// know whether an outage is over.
var ErrIdle = errors.New("worker: nothing was to be done")

// Run works until the context ends; the step under way is finished.
func (l Loop) Run(ctx context.Context) error {
	var wake <-chan struct{}
	if l.Signal != nil {
		wake = l.Signal.listen()
	}
	h := health{loop: l}
	for ctx.Err() == nil {
		more, err := l.once(ctx, &h)
		pause := l.Poll
		switch {
		case errors.Is(err, ErrIdle):
		case err != nil && ctx.Err() == nil:
			most := longest
			if l.Listens {
				most = again
			}
			pause = min(l.Poll<<min(h.failed(err), 6), max(most, l.Poll))
		case err == nil:
			h.works()
			if more {
				continue
			}
		}
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

// once takes one step. What listens works again when it has listened for a while.
func (l Loop) once(ctx context.Context, h *health) (more bool, err error) {
	if l.Listens {
		defer time.AfterFunc(h.listens(), h.works).Stop()
	}
	defer func() {
		if p := recover(); p != nil {
			l.Log.Error("step panicked", "loop", l.Name, "panic", p, "stack", string(debug.Stack()))
			more, err = false, errPanic
		}
	}()
	return l.Step(ctx)
}

// health is what a loop says of its step: when it fails, and when that is over.
type health struct {
	loop  Loop
	mu    sync.Mutex
	times int // that it failed in a row
	out   Outage
	away  bool // it failed because the database is away, which was told for all

	worked time.Time // since when it listens, once it is said to work
	cut    int       // how often in a row that was too soon
}

// listens is how long it has to listen until it works.
func (h *health) listens() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return min(listened<<min(h.cut, 6), longest)
}

// failed returns how many times in a row it did.
func (h *health) failed(err error) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.times++
	if !h.worked.IsZero() {
		if h.cut++; time.Since(h.worked) >= longest {
			h.cut = 0
		}
		h.worked = time.Time{}
	}
	if h.loop.Database.gone(err) {
		h.away = true
		h.loop.Database.tell(h.loop.Log, time.Now(), err)
		return h.times
	}
	h.out.Tell(h.loop.Log.With("loop", h.loop.Name, "times", h.times), time.Now(), slog.LevelError, "step failed", err)
	return h.times
}

func (h *health) works() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.away {
		h.away = false
		h.loop.Database.over(h.loop.Log, time.Now())
	}
	if told, lasted := h.out.Over(time.Now()); told {
		h.loop.Log.Info("step works again", "loop", h.loop.Name, "failures", h.times, "after", lasted)
	}
	h.times = 0
	if h.loop.Listens {
		h.worked = time.Now()
	}
}
