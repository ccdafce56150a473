package keyqueue_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bitcoim/bitcoim/keyqueue"
)

// TestATaskThatWaitsGivesUpItsPlace has more tasks wait for something than there
// are workers. Another runs, and when all is over no more run at once than may.
func TestATaskThatWaitsGivesUpItsPlace(t *testing.T) {
	const workers, spare = 2, 5
	l := keyqueue.New(workers, 10, 100)
	l.Slow, l.Spare = 1, spare
	free, ran := make(chan struct{}), make(chan struct{})
	for i := range workers + spare - 1 {
		if err := l.Do(fmt.Sprint("waits", i), func(context.Context) { <-free }); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Do("other", func(context.Context) { close(ran) }); err != nil {
		t.Fatal(err)
	}
	<-ran
	var now, most atomic.Int32
	for i := range 50 {
		err := l.Do(fmt.Sprint("after", i), func(context.Context) {
			n := now.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				continue
			}
			runtime.Gosched()
			now.Add(-1)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	close(free)
	closed(t, l)
	if got := most.Load(); got > workers+spare {
		t.Errorf("%d ran at once", got)
	}
}

// TestSomePlacesAreKept has more tasks wait than may, and more in the row. Those
// that go first run, and the others when there is a place again: first ones never
// take the last place of the others.
func TestSomePlacesAreKept(t *testing.T) {
	const workers, kept, spare = 4, 2, 3
	l := keyqueue.New(workers, 10, 1000)
	l.Slow, l.Spare, l.Kept = 1, spare, kept
	free := make(chan struct{})
	for i := range 50 {
		if err := l.Do(fmt.Sprint("waits", i), func(context.Context) { <-free }); err != nil {
			t.Fatal(err)
		}
	}
	var together sync.WaitGroup // of as many as are kept
	together.Add(kept)
	for i := range kept {
		if err := l.DoFirst(fmt.Sprint("first", i), func(context.Context) { together.Done(); together.Wait() }); err != nil {
			t.Fatal(err)
		}
	}
	together.Wait()
	close(free)
	closed(t, l)
}

// TestThoseThatGoFirstLeaveAPlace fills the queues with what goes first: another
// task has its turn among them.
func TestThoseThatGoFirstLeaveAPlace(t *testing.T) {
	l := keyqueue.New(2, 10, 1000)
	l.Kept = 1
	end := make(chan struct{})
	ended := func() bool {
		select {
		case <-end:
			return true
		default:
			return false
		}
	}
	var again func(key string)
	again = func(key string) {
		_ = l.DoFirst(key, func(context.Context) {
			if runtime.Gosched(); !ended() {
				again(key)
			}
		})
	}
	for i := range 50 {
		again(fmt.Sprint("first", i))
	}
	if err := l.Do("other", func(context.Context) { close(end) }); err != nil {
		t.Fatal(err)
	}
	<-end
	closed(t, l)
}
