package limedoor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bitcoim/bitcoim/internal/throttle"
)

// guesser tries passwords at a pace, by a clock of its own.
type guesser struct {
	*testing.T
	*pace
	now time.Time
}

func newGuesser(t *testing.T) *guesser {
	g := &guesser{T: t, now: time.Unix(1_700_000_000, 0)}
	g.pace = newPace(func() time.Time { return g.now })
	return g
}

// wait is the wait of a try at a user.
func (g *guesser) wait(name, from string) (long time.Duration, back func(), ok bool) {
	return g.pace.wait(try{name: name, from: from})
}

// wrong tries n wrong passwords, and returns how long the last one waited.
func (g *guesser) wrong(name, from string, n int) (long time.Duration) {
	for range n {
		var ok bool
		if long, _, ok = g.wait(name, from); !ok {
			g.Fatalf("%s from %s is kept out", name, from)
		}
		g.now = g.now.Add(long)
	}
	return long
}

// guess is a wrong try, that may be sent away.
func (g *guesser) guess(name, from string) (ok bool) {
	_, _, ok = g.wait(name, from)
	return ok
}

// waits is how long a wrong try would wait, as a whole number of pauses, -1 if it is
// sent away.
func (g *guesser) waits(name, from string) int {
	long, _, ok := g.wait(name, from)
	if !ok {
		return -1
	}
	return int((long + throttle.Pause - 1) / throttle.Pause)
}

func TestWrongPasswordsSlowTheGuesserDown(t *testing.T) {
	const thief, home, elsewhere = "192.0.2.1/32", "198.51.100.1/32", "203.0.113.1/32"
	t.Run("the first ones cost no time", func(t *testing.T) {
		g := newGuesser(t)
		if long := g.wrong("ann", thief, mostWrong); long != 0 {
			t.Errorf("it waits %s", long)
		}
	})
	t.Run("the next ones do", func(t *testing.T) {
		g := newGuesser(t)
		g.wrong("ann", thief, mostWrong)
		if first, second := g.waits("ann", thief), g.waits("ann", thief); first != 0 || second != 1 {
			t.Errorf("they wait %d and %d", first, second)
		}
	})
	t.Run("and from many places", func(t *testing.T) {
		g := newGuesser(t)
		for i := range mostWrong + 1 {
			g.wrong("ann", fmt.Sprintf("10.0.0.%d/32", i), 1)
		}
		if got := g.waits("ann", elsewhere); got != 1 {
			t.Errorf("it waits %d", got)
		}
		if got := g.waits("bob", elsewhere); got != 0 {
			t.Errorf("another user waits %d", got)
		}
	})
	t.Run("where a user came in before nobody is slow", func(t *testing.T) {
		g := newGuesser(t)
		g.knowsNow("ann", home)
		g.wrong("ann", thief, mostWrong+5)
		if got := g.waits("ann", home); got != 0 {
			t.Errorf("ann waits %d at home", got)
		}
	})
	t.Run("it ends", func(t *testing.T) {
		g := newGuesser(t)
		g.wrong("ann", thief, mostWrong+5)
		g.now = g.now.Add(wrongLasts + time.Second)
		if got := g.waits("ann", thief); got != 0 {
			t.Errorf("it waits %d", got)
		}
	})
	t.Run("more than so many do not wait", func(t *testing.T) {
		g := newGuesser(t)
		g.wrong("ann", thief, mostWrong)
		for i := range mostPauses + 1 {
			if got := g.waits("ann", thief); got != i {
				t.Fatalf("number %d waits %d", i, got)
			}
		}
		if got := g.waits("ann", thief); got != -1 {
			t.Errorf("one more waits %d", got)
		}
		g.now = g.now.Add(throttle.Pause)
		if got := g.waits("ann", thief); got != mostPauses {
			t.Errorf("a second later it waits %d", got)
		}
	})
}

// Who tries at the same time tries as often as who tries one after another.
func TestTriesAtTheSameTimeAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, looked, away := newPace(nil), new(atomic.Int64), new(atomic.Int64)
		look := func() (bool, error) {
			looked.Add(1)
			time.Sleep(time.Hour) // until all have tried
			return false, nil
		}
		var all sync.WaitGroup
		try := func(n int, from string) {
			for range n {
				all.Go(func() {
					if _, err := p.check(t.Context(), try{name: "ann", from: from}, look); err != nil {
						away.Add(1)
					}
				})
			}
			synctest.Wait()
		}
		try(200, "192.0.2.1/32")
		if got := looked.Load(); got != mostWrong+1 {
			t.Errorf("%d cost no time", got)
		}
		if got := away.Load(); got != 200-mostWrong-mostPauses-1 {
			t.Errorf("%d were sent away", got)
		}
		away.Store(0)
		try(200, "203.0.113.7/32") // while the queue is full
		if got := away.Load(); got != 200-mostMistyped {
			t.Errorf("%d were sent away from a new place", got)
		}
		all.Wait()
		if got := looked.Load(); got != mostWrong+mostPauses+1+mostMistyped {
			t.Errorf("%d were looked at", got)
		}
	})
}

func TestOnlyAWrongPasswordCounts(t *testing.T) {
	const from = "192.0.2.1/32"
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tt := range map[string]struct {
		right  bool
		err    error
		from   string
		counts bool
	}{
		"a right one":                   {true, nil, from, false},
		"a wrong one":                   {false, nil, from, true},
		"a wrong one, of this machine":  {false, nil, "", true},
		"a right one, of this machine":  {true, nil, "", false},
		"one that could not be checked": {false, errors.New("no database"), from, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPace(nil)
			for range mostWrong {
				right, err := p.check(t.Context(), try{name: "ann", from: tt.from}, func() (bool, error) { return tt.right, tt.err })
				if right != tt.right || !errors.Is(err, tt.err) {
					t.Fatalf("got %v, %v", right, err)
				}
			}
			if got := p.user.Full("ann"); got != tt.counts {
				t.Errorf("counts for the user: %v", got)
			}
			if got := p.mistyped.Full("ann " + tt.from); got != (tt.counts && tt.from != "") {
				t.Errorf("counts for the place: %v", got)
			}
			if got := p.knows("ann", tt.from); got != (tt.right && tt.from != "") {
				t.Errorf("the place is known: %v", got)
			}
		})
	}
	t.Run("who goes away before the turn", func(t *testing.T) {
		g := newGuesser(t)
		g.wrong("ann", "198.51.100.1/32", mostWrong+1) // so that there is a wait
		for range 2 * mostMistyped {
			_, err := g.check(gone, try{name: "ann", from: from}, func() (bool, error) { t.Error("it is looked at"); return false, nil })
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("got %v", err)
			}
		}
		if g.mistyped.Full("ann " + from) {
			t.Error("it counts")
		}
	})
}

// However many places somebody comes in from, and however many users there are, those
// who came in last are known.
func TestWhereAUserCameInIsBounded(t *testing.T) {
	g := newGuesser(t)
	for i := range 3 * mostPlaces {
		g.knowsNow("ann", fmt.Sprint("place ", i))
	}
	if first, last := g.knows("ann", "place 0"), g.knows("ann", fmt.Sprint("place ", 3*mostPlaces-1)); first || !last {
		t.Errorf("knows the first place: %v, the last: %v", first, last)
	}
	for i := range mostKnown + 10 {
		name := fmt.Sprint("user", i)
		if g.knowsNow(name, "home"); !g.knows(name, "home") {
			t.Fatalf("%s is not known", name)
		}
	}
	if n := len(g.known); n > mostKnown {
		t.Errorf("%d users are known", n)
	}
}

func TestSources(t *testing.T) {
	for remote, want := range map[string]string{
		"": "", "127.0.0.1": "", "::1": "", "invalid IP": "", "192.0.2.1": "192.0.2.1/32", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "::ffff:192.0.2.1": "192.0.2.1/32",
	} {
		if got := source(remote); got != want {
			t.Errorf("%q is %q, want %q", remote, got, want)
		}
	}
}
