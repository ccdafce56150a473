package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/worker"
)

// Whoever looks into the log on the third day of an outage finds it on the page
// before: a line an hour says how long it has lasted, and no signal makes more of them.
func TestAnOutageThatLastsIsSaidAgainEachHour(t *testing.T) {
	var gone, over atomic.Bool
	signal := &worker.Signal{}
	looped(t, worker.Loop{Poll: time.Second, Signal: signal, Step: func(context.Context) (bool, error) {
		switch {
		case over.Load():
			return false, nil
		case gone.Load():
			return false, errors.New("gone")
		}
		return false, chain.ErrWarmingUp
	}}, func(log *lines) {
		lasts := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(10 * time.Second) {
				signal.Notify()
			}
			synctest.Wait()
		}
		lasts(30 * time.Minute)
		if warn, all := log.count("level=WARN"), log.count("\n"); warn != 1 || all != 1 {
			t.Errorf("after half an hour: %s", log.b.String())
		}
		lasts(3 * time.Hour)
		if warn, third := log.count("level=WARN"), log.count("for=3h"); warn != 4 || third != 1 {
			t.Errorf("after three hours and a half: %s", log.b.String())
		}
		gone.Store(true)
		lasts(time.Minute)
		if log.count("level=ERROR") != 1 {
			t.Errorf("when it gets worse: %s", log.b.String())
		}
		over.Store(true)
		lasts(2 * time.Minute)
		if log.count("after=3h31m") != 1 || log.count("\n") != 6 {
			t.Errorf("when it is over: %s", log.b.String())
		}
	})
}

// An order that waits until it is tried again says nothing of the node: its outage
// goes on, whatever signals come meanwhile.
func TestWhoAskedNobodySaysOfNoOutageThatItIsOver(t *testing.T) {
	var over atomic.Bool
	signal, waits := &worker.Signal{}, false
	looped(t, worker.Loop{Poll: time.Second, Signal: signal, Step: func(context.Context) (bool, error) {
		if over.Load() {
			return false, nil
		}
		if waits = !waits; waits {
			return true, errors.New("gone")
		}
		return false, worker.ErrIdle
	}}, func(log *lines) {
		for range 100 {
			time.Sleep(5 * time.Second)
			signal.Notify()
			synctest.Wait()
		}
		if log.count("\n") != 1 {
			t.Errorf("while it lasts: %s", log.b.String())
		}
		over.Store(true)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if log.count("works again") != 1 || log.count("\n") != 2 {
			t.Errorf("when it is over: %s", log.b.String())
		}
	})
}

// Who listens until the other side hangs up listens again a second later, and a
// hang-up of another day is another outage.
func TestWhoListensWorksWhileItListens(t *testing.T) {
	looped(t, worker.Loop{Poll: time.Second, Listens: true, Step: func(ctx context.Context) (bool, error) {
		select {
		case <-ctx.Done():
		case <-time.After(24 * time.Hour):
		}
		return false, errors.New("hung up")
	}}, func(log *lines) {
		time.Sleep(10*24*time.Hour + time.Hour)
		synctest.Wait()
		if failed, works, long := log.count("step failed"), log.count("works again"), log.count("for="); failed != 10 || works != 10 || long != 0 {
			t.Errorf("got %s", log.b.String())
		}
		if second := log.count("times=2"); second != 0 {
			t.Errorf("got %s", log.b.String())
		}
	})
}

// The end of an outage is told within seconds of it, however long it lasted.
func TestWhoListensAgainSaysSoSoon(t *testing.T) {
	var back atomic.Bool
	looped(t, worker.Loop{Poll: time.Second, Listens: true, Step: func(ctx context.Context) (bool, error) {
		if back.Load() {
			<-ctx.Done()
			return false, nil
		}
		return false, errors.New("gone")
	}}, func(log *lines) {
		time.Sleep(30*time.Minute + 30*time.Second)
		back.Store(true)
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if log.count("works again") != 1 || log.count("\n") != 2 {
			t.Errorf("got %s", log.b.String())
		}
	})
}

// A line that breaks again and again is one outage, and not one for each time.
func TestALineThatBreaksAgainAndAgainIsOneOutage(t *testing.T) {
	var lasts atomic.Int64
	lasts.Store(int64(30 * time.Second))
	looped(t, worker.Loop{Poll: time.Second, Listens: true, Step: func(ctx context.Context) (bool, error) {
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(lasts.Load())):
		}
		return false, errors.New("hung up")
	}}, func(log *lines) {
		time.Sleep(50 * time.Minute)
		synctest.Wait()
		if n := log.count("\n"); n > 7 {
			t.Errorf("%d lines: %s", n, log.b.String())
		}
		lasts.Store(int64(24 * time.Hour))
		before := log.count("works again")
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if log.count("works again") != before+1 {
			t.Errorf("when it is over: %s", log.b.String())
		}
		time.Sleep(24 * time.Hour) // it is cut off once more, another day, and that is over as soon as ever
		synctest.Wait()
		if log.count("works again") != before+2 {
			t.Errorf("another day: %s", log.b.String())
		}
	})
}

// Nor does a line that breaks as late as it can make anybody wait for longer than a minute.
func TestWhoIsCutOffOftenListensForAMinuteAtMost(t *testing.T) {
	var cuts atomic.Int64
	looped(t, worker.Loop{Poll: time.Second, Listens: true, Step: func(ctx context.Context) (bool, error) {
		last := 24 * time.Hour
		if n := cuts.Load(); n < 7 {
			last = 5*time.Second<<n + 50*time.Second
		}
		select {
		case <-ctx.Done():
		case <-time.After(last):
		}
		cuts.Add(1)
		return false, errors.New("hung up")
	}}, func(log *lines) {
		for cuts.Load() < 7 {
			time.Sleep(time.Second)
		}
		time.Sleep(70 * time.Second)
		synctest.Wait()
		if log.count("step failed") != log.count("works again") {
			t.Errorf("got %s", log.b.String())
		}
	})
}

// A gateway starts while its node is silent. An order that waits because payments are
// stopped asks nobody, so it does not end the outage that one under way tells of.
func TestAnOrderThatIsStoppedDoesNotEndAnOutage(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		var log lines
		node := newPurse()
		u := r.rich(1_000_000)
		r.begins(r.order(u, node.draft(400_000, 10_000)))
		r.order(u, newPurse().draft(300_000, 10_000))
		r.frozen.Store(true)
		p := r.payer(0, wordless{node})
		p.Log = slog.New(slog.NewTextHandler(&log, nil))
		for range 6 {
			r.step(p)
			r.ahead.Add(61)
		}
		if away, again := log.count("do not move"), log.count("move again"); away != 1 || again != 0 {
			t.Errorf("told %d times that it is away and %d times that it is back: %s", away, again, log.b.String())
		}
	})
}

// wordless is a node that does not answer.
type wordless struct{ *purse }

func (wordless) Find(context.Context, lightning.Hash) (lightning.Outcome, error) {
	return lightning.Outcome{}, lightning.ErrUnreachable
}
