package worker_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/worker"
)

// Whoever looks into the log on the third day of an outage finds it on the page
// before: a line an hour says how long it has lasted, and no bell makes more of them.
func TestAnOutageThatLastsIsSaidAgainEachHour(t *testing.T) {
	var gone, over atomic.Bool
	bell := &worker.Bell{}
	looped(t, worker.Loop{Poll: time.Second, Bell: bell, Step: func(context.Context) (bool, error) {
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
				bell.Ring()
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
