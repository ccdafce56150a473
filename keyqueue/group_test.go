package keyqueue_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/keyqueue"
)

// grouped are queues whose keys are "key@group".
func grouped(workers, total int) *keyqueue.Queues {
	l := keyqueue.New(workers, 10, total)
	l.Group = func(key string) string { _, group, _ := strings.Cut(key, "@"); return group }
	return l
}

// soon waits for something to happen.
func soon(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(10 * time.Second):
		t.Fatal("it does not happen")
	}
}

// TestGroupsTakeTurns has many of one group wait before a few of two others.
func TestGroupsTakeTurns(t *testing.T) {
	l := grouped(1, 1000)
	begun, free := make(chan struct{}), make(chan struct{})
	if err := l.Do("any@first", func(context.Context) { close(begun); <-free }); err != nil {
		t.Fatal(err)
	}
	<-begun
	var got []string // by one worker
	add := func(key string) {
		if err := l.Do(key, func(context.Context) { got = append(got, key) }); err != nil {
			t.Error(err)
		}
	}
	for i := range 50 {
		add(fmt.Sprintf("%d@many", i))
	}
	for i := range 3 {
		add(fmt.Sprintf("%d@few", i))
	}
	add("0@one")
	close(free)
	closed(t, l)
	want := []string{"0@many", "0@few", "0@one", "1@many", "1@few", "2@many", "2@few", "3@many", "4@many"}
	if !slices.Equal(got[:len(want)], want) {
		t.Errorf("got %v, want %v", got[:len(want)], want)
	}
	if len(got) != 54 {
		t.Errorf("%d ran", len(got))
	}
}

// TestAGroupDoesNotHoldAllPlaces has more of one group wait for somebody outside than
// there are places: another group has one, and so has what goes first of that group.
func TestAGroupDoesNotHoldAllPlaces(t *testing.T) {
	const most = 6
	l := grouped(2, 1000)
	l.Slow, l.Spare, l.Kept, l.OfGroup = 1, 10, 1, most
	free, running := make(chan struct{}), make(chan struct{}, 50)
	release := sync.OnceFunc(func() { close(free) })
	defer release()
	for i := range 50 {
		err := l.Do(fmt.Sprintf("%d@evil", i), func(context.Context) {
			running <- struct{}{}
			<-free
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for range most {
		soon(t, running)
	}
	done := make(chan struct{}, 2)
	if err := l.Do("ann@home", func(context.Context) { done <- struct{}{} }); err != nil {
		t.Fatal(err)
	}
	if err := l.DoFirst("bob@evil", func(context.Context) { done <- struct{}{} }); err != nil {
		t.Fatal(err)
	}
	soon(t, done)
	soon(t, done)
	if n := len(running); n != 0 {
		t.Errorf("%d more of one group run than may", n)
	}
	release()
	closed(t, l)
	if n := len(running); n != 50-most {
		t.Errorf("%d ran", n)
	}
}

// TestOneGroupDoesNotFillTheHouse has as many wait of one group as are taken: half of all
// that may. Another group has room, and so has the first again when all that is over.
func TestOneGroupDoesNotFillTheHouse(t *testing.T) {
	for name, do := range map[string]func(*keyqueue.Queues, string, keyqueue.Task) error{
		"what asks somebody": (*keyqueue.Queues).Do, "what goes first": (*keyqueue.Queues).DoFirst,
	} {
		t.Run(name, func(t *testing.T) {
			l := grouped(2, 200)
			for range 3 {
				var took sync.WaitGroup
				free := make(chan struct{})
				add := func(key string) error {
					took.Add(1)
					err := do(l, key, func(context.Context) { <-free; took.Done() })
					if err != nil {
						took.Done()
					}
					return err
				}
				n := 0
				for i := range 1000 {
					if add(fmt.Sprintf("%d@evil", i)) == nil {
						n++
					}
				}
				if n != 100 {
					t.Errorf("%d of one group wait, want 100 of 200", n)
				}
				if err := add("ann@home"); err != nil {
					t.Errorf("ann of another is turned away: %v", err)
				}
				close(free)
				took.Wait()
				for l.Len() > 0 { // the last one is on its way out
					time.Sleep(time.Millisecond)
				}
			}
			closed(t, l)
		})
	}
}

// Room is what is left for others, and some is kept for those who have little.
func TestRoom(t *testing.T) {
	for _, tt := range []struct {
		has, all, most int
		want           bool
	}{
		{0, 0, 1000, true}, {499, 499, 1000, true}, {500, 500, 1000, false},
		{100, 874, 1000, true}, {100, 875, 1000, false}, {10, 875, 1000, false}, {9, 875, 1000, true},
		{9, 990, 1000, true}, {0, 999, 1000, true}, {0, 1000, 1000, false},
		{0, 2, 3, true}, {1, 1, 3, true}, {1, 2, 3, false}, {0, 0, 1, true},
		{0, 46, 50, true}, {1, 46, 50, false},
	} {
		if got := keyqueue.Room(map[string]int{"its": tt.has}, tt.all, tt.most, "its", ""); got != tt.want {
			t.Errorf("who has %d, where %d of %d wait: got %v", tt.has, tt.all, tt.most, got)
		}
	}
}

// TestManyGroupsDoNotHoldAllPlaces has as many wait of each of some groups as there are
// places for all: the next groups have one each, too.
func TestManyGroupsDoNotHoldAllPlaces(t *testing.T) {
	l := grouped(4, 1000)
	l.Slow, l.Spare, l.Kept, l.OfGroup = 1, 28, 1, 16
	free, running := make(chan struct{}), make(chan struct{}, 1000)
	release := sync.OnceFunc(func() { close(free) })
	defer release()
	for group, most := range []int{15, 8, 4, 1} { // of 31, half of what is left, and three are kept
		for i := range 50 {
			err := l.Do(fmt.Sprintf("%d@evil%d", i, group), func(context.Context) {
				running <- struct{}{}
				<-free
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for range most {
			soon(t, running)
		}
	}
	done := make(chan struct{}, 2)
	for _, who := range []string{"ann@home", "bob@work"} {
		if err := l.Do(who, func(context.Context) { done <- struct{}{}; <-free }); err != nil {
			t.Fatal(err)
		}
	}
	soon(t, done)
	soon(t, done)
	release()
	closed(t, l)
}
