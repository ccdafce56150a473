package keyqueue_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/keyqueue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func closed(t *testing.T, l *keyqueue.Queues) {
	t.Helper()
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n := l.Len(); n != 0 {
		t.Fatalf("%d tasks left after Close", n)
	}
}

func TestTasksOfOneKeyRunInOrderAndAlone(t *testing.T) {
	const keys, each = 50, 200
	l := keyqueue.New(8, each, keys*each)
	var busy [keys]atomic.Int32
	var got [keys][]int // without a lock on purpose: -race would see two at once
	for i := range each {
		for k := range keys {
			err := l.Do(fmt.Sprint(k), func(context.Context) {
				if busy[k].Add(1) != 1 {
					t.Errorf("key %d has two tasks at once", k)
				}
				got[k] = append(got[k], i)
				busy[k].Add(-1)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	closed(t, l)
	for k := range keys {
		for i, n := range got[k] {
			if i != n {
				t.Fatalf("key %d: task %d came at place %d", k, n, i)
			}
		}
		if len(got[k]) != each {
			t.Fatalf("key %d: %d tasks ran, want %d", k, len(got[k]), each)
		}
	}
}

func TestKeysRunSideBySideUpToTheNumberOfWorkers(t *testing.T) {
	const workers = 3
	l := keyqueue.New(workers, 1, 100)
	var now, most atomic.Int32
	together := make(chan struct{})
	var arrived sync.WaitGroup
	arrived.Add(workers)
	for i := range 20 {
		if err := l.Do(fmt.Sprint(i), func(context.Context) {
			n := now.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			if i < workers {
				arrived.Done()
				<-together // only if all three run at once does anybody get on
			}
			now.Add(-1)
		}); err != nil {
			t.Fatal(err)
		}
	}
	arrived.Wait()
	close(together)
	closed(t, l)
	if got := most.Load(); got != workers {
		t.Errorf("%d tasks at once, want %d", got, workers)
	}
}

func TestFull(t *testing.T) {
	l := keyqueue.New(1, 2, 3)
	hold := make(chan struct{})
	block := func(context.Context) { <-hold }
	for _, step := range []struct {
		key  string
		want error
	}{
		{"ann", nil}, {"ann", nil}, {"ann", keyqueue.ErrFull}, // of her own
		{"bob", nil}, {"bob", keyqueue.ErrFull}, {"cid", keyqueue.ErrFull}, // of everybody
	} {
		if got := l.Do(step.key, block); !errors.Is(got, step.want) {
			t.Errorf("%s: got %v, want %v", step.key, got, step.want)
		}
	}
	close(hold)
	closed(t, l)
	if err := l.Do("ann", block); !errors.Is(err, keyqueue.ErrClosed) {
		t.Errorf("after Close: got %v", err)
	}
}

func TestLongLaneDoesNotStarveOthers(t *testing.T) {
	l := keyqueue.New(1, 100, 200)
	hold := make(chan struct{})
	var order []string
	note := func(who string) keyqueue.Task { return func(context.Context) { order = append(order, who) } }
	_ = l.Do("ann", func(context.Context) { <-hold })
	for range 50 {
		_ = l.Do("ann", note("ann"))
	}
	_ = l.Do("bob", note("bob"))
	close(hold)
	closed(t, l)
	if order[0] != "bob" {
		t.Errorf("bob had to wait for all of ann: %v", order)
	}
}

func TestPanicAndGoexitEndOneTaskOnly(t *testing.T) {
	l := keyqueue.New(1, 10, 10)
	type report struct {
		key   string
		value any
		stack bool
	}
	var heard []report
	l.OnPanic = func(key string, value any, stack []byte) {
		heard = append(heard, report{key, value, len(stack) > 0})
	}
	ran := false
	_ = l.Do("ann", func(context.Context) { panic("boom") })
	_ = l.Do("ann", func(context.Context) { runtime.Goexit() })
	_ = l.Do("ann", nil)
	_ = l.Do("ann", func(context.Context) { ran = true })
	closed(t, l)
	if len(heard) != 2 || heard[0] != (report{"ann", "boom", true}) {
		t.Errorf("heard %v", heard)
	}
	if !ran {
		t.Error("the queue stopped")
	}
}

func TestCloseGivesUpWaitingButNotTheTasks(t *testing.T) {
	l := keyqueue.New(1, 10, 10)
	started, hold := make(chan struct{}), make(chan struct{})
	var told, second error
	_ = l.Do("ann", func(ctx context.Context) {
		close(started)
		<-ctx.Done()
		told = ctx.Err()
		<-hold
	})
	_ = l.Do("ann", func(ctx context.Context) { second = ctx.Err() })
	<-started
	now, cancel := context.WithCancel(context.Background())
	cancel()
	if err := l.Close(now); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	close(hold)
	closed(t, l)
	if told == nil || second == nil {
		t.Errorf("tasks were not told to hurry: %v, %v", told, second)
	}
}

func TestTaskMayAskForMore(t *testing.T) {
	l := keyqueue.New(2, 10, 10)
	answer := make(chan error, 1)
	_ = l.Do("ann", func(context.Context) {
		answer <- l.Do("ann", func(context.Context) { answer <- nil })
	})
	for range 2 {
		if err := <-answer; err != nil {
			t.Fatal(err)
		}
	}
	closed(t, l)
	closed(t, l) // twice is once
}

func TestCloseOfNothing(t *testing.T) { closed(t, keyqueue.New(0, 0, 0)) }

func BenchmarkDo(b *testing.B) {
	for _, keys := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprintf("%d keys", keys), func(b *testing.B) {
			l := keyqueue.New(runtime.GOMAXPROCS(0), 1<<30, 1<<30)
			names := make([]string, keys)
			for i := range names {
				names[i] = fmt.Sprintf("user%d@example.org", i)
			}
			task := func(context.Context) {}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				_ = l.Do(names[i%keys], task)
			}
			_ = l.Close(context.Background())
		})
	}
}
