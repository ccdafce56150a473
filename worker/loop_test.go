package worker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/worker"
)

// lines is a log that can be read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lines) count(part string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), part)
}

// looped runs a loop in a bubble of its own time until the test ends it.
func looped(t *testing.T, l worker.Loop, during func(log *lines)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		log := &lines{}
		l.Log = slog.New(slog.NewTextHandler(log, nil))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- l.Run(ctx) }()
		synctest.Wait()
		during(log)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestLoopGoesOnWhileThereIsMore(t *testing.T) {
	var n atomic.Int64
	looped(t, worker.Loop{Poll: time.Hour, Step: func(context.Context) (bool, error) { return n.Add(1) < 5, nil }}, func(*lines) {
		if n.Load() != 5 {
			t.Errorf("got %d steps", n.Load())
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if n.Load() != 6 {
			t.Errorf("got %d steps after the poll", n.Load())
		}
	})
}

func TestLoopWakesWhenTheBellRings(t *testing.T) {
	var n, m atomic.Int64
	signal := &worker.Signal{}
	count := func(context.Context) (bool, error) { n.Add(1); return false, nil }
	looped(t, worker.Loop{Poll: time.Hour, Signal: signal, Step: count}, func(*lines) {
		for range 3 {
			signal.Notify()
			synctest.Wait()
		}
		if n.Load() != 4 {
			t.Errorf("got %d steps", n.Load())
		}
	})
	synctest.Test(t, func(t *testing.T) { // a signal that comes during a step is heard after it
		signal, ctx := &worker.Signal{}, t.Context()
		ctx, cancel := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() {
			done <- worker.Loop{Poll: time.Hour, Signal: signal, Step: func(context.Context) (bool, error) {
				if m.Add(1) == 1 {
					signal.Notify()
					signal.Notify()
				}
				return false, nil
			}}.Run(ctx)
		}()
		synctest.Wait()
		if m.Load() != 2 {
			t.Errorf("got %d steps", m.Load())
		}
		cancel()
		<-done
	})
}

func TestLoopSurvivesAPanic(t *testing.T) {
	var n atomic.Int64
	looped(t, worker.Loop{Poll: time.Second, Step: func(context.Context) (bool, error) {
		if n.Add(1) == 1 {
			panic("boo")
		}
		return false, nil
	}}, func(log *lines) {
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if n.Load() < 2 {
			t.Error("it did not go on")
		}
		if log.count("step panicked") != 1 || log.count("step works again") != 1 {
			t.Errorf("got %s", log.b.String())
		}
	})
}

// An error waits for the poll, twice as long each time, a minute at most.
func TestLoopBacksOff(t *testing.T) {
	at := make(chan time.Time, 1000)
	var healed atomic.Bool
	looped(t, worker.Loop{Poll: time.Second, Step: func(context.Context) (bool, error) {
		at <- time.Now()
		if healed.Load() {
			return false, nil
		}
		return true, errors.New("away")
	}}, func(log *lines) {
		time.Sleep(300 * time.Second)
		synctest.Wait()
		var got []time.Duration
		for first := <-at; len(at) > 0; {
			got = append(got, (<-at).Sub(first))
		}
		if want := "[2s 6s 14s 30s 1m2s 2m2s 3m2s 4m2s]"; fmt.Sprint(got) != want {
			t.Errorf("tried again after %s, want %s", got, want)
		}
		if n := log.count("step failed"); n != 1 {
			t.Errorf("%d lines for one outage", n)
		}
		healed.Store(true)
		time.Sleep(60 * time.Second)
		synctest.Wait()
		n := len(at)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if len(at) != n+10 {
			t.Errorf("%d steps in ten seconds", len(at)-n)
		}
	})
}

// The step under way is finished, and then it ends.
func TestLoopEndsBetweenSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		err := worker.Loop{Poll: time.Hour, Log: slog.Default(), Step: func(context.Context) (bool, error) {
			n++
			cancel()
			return true, nil
		}}.Run(ctx)
		if n != 1 || err != nil {
			t.Errorf("got %d steps (%v)", n, err)
		}
	})
}

// Who cannot reach its server says so itself: the loop that waits for it makes no
// alarm of it.
func TestALoopThatWaitsForTheDoorIsNoError(t *testing.T) {
	for err, errs := range map[error]int{errors.New("bad"): 1, fmt.Errorf("not connected: %w", outbox.ErrAway): 0} {
		looped(t, worker.Loop{Poll: time.Hour, Step: func(context.Context) (bool, error) { return false, err }}, func(log *lines) {
			if said, alarms := log.count("step failed"), log.count("level=ERROR"); said != 1 || alarms != errs {
				t.Errorf("%v: said %d times, %d of them alarms", err, said, alarms)
			}
		})
	}
}

// A node says at each block that it catches up, for seconds. When it goes on saying
// so, somebody should know.
func TestALoopIsPatientWithANodeThatCatchesUp(t *testing.T) {
	for _, warming := range []error{chain.ErrWarmingUp, lightning.ErrWarmingUp} {
		var ready atomic.Bool
		looped(t, worker.Loop{Poll: time.Second, Step: func(context.Context) (bool, error) {
			if ready.Load() {
				return false, nil
			}
			return false, fmt.Errorf("%w: it is at block 7", warming)
		}}, func(log *lines) {
			time.Sleep(10 * time.Second)
			ready.Store(true)
			time.Sleep(time.Minute)
			synctest.Wait()
			if n := log.count("\n"); n != 0 {
				t.Errorf("%d lines about an ordinary block", n)
			}
			ready.Store(false)
			time.Sleep(2 * worker.Patience)
			synctest.Wait()
			if log.count("level=WARN") != 1 || log.count("\n") != 1 {
				t.Errorf("when it lasts: %s", log.b.String())
			}
			ready.Store(true)
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			if log.count("step works again") != 1 {
				t.Errorf("when it is over: %s", log.b.String())
			}
		})
	}
}

// A database that is away is one thing, however many loops wait for it: it is said once,
// and its end once. What else is wrong with a loop is said of that loop.
func TestADatabaseThatIsAwayIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &lines{}
		var gone, over atomic.Bool
		shared := &worker.Away{Answers: func(context.Context) error {
			if gone.Load() && !over.Load() {
				return io.EOF
			}
			return nil
		}}
		ctx, cancel := context.WithCancel(t.Context())
		var loops sync.WaitGroup
		for n := range 7 {
			loops.Go(func() {
				_ = worker.Loop{Name: fmt.Sprint("loop", n), Poll: time.Second, Database: shared, Log: slog.New(slog.NewTextHandler(log, nil)),
					Step: func(context.Context) (bool, error) {
						switch {
						case gone.Load() && !over.Load():
							return false, fmt.Errorf("db: %w", io.EOF)
						case n == 3 && !over.Load():
							return false, fmt.Errorf("%w: %w", chain.ErrUnreachable, &net.OpError{Op: "dial", Err: io.EOF})
						}
						return false, nil
					}}.Run(ctx)
			})
		}
		wants := func(part string, n int) {
			t.Helper()
			synctest.Wait()
			if got := log.count(part); got != n {
				t.Errorf("%q stands there %d times, want %d:\n%s", part, got, n, log.b.String())
			}
		}
		wants("step failed", 1)
		gone.Store(true)
		time.Sleep(10 * time.Minute)
		wants("level=ERROR", 2)
		wants("the database does not answer", 1)
		over.Store(true)
		time.Sleep(2 * time.Minute)
		wants("the database answers again", 1)
		wants("step works again", 1)
		wants("\n", 4)
		cancel()
		loops.Wait()
	})
}
