package door

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bitcoim/bitcoim/lime/internal/tally"
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
	return int((long + tally.Pause - 1) / tally.Pause)
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
		g.now = g.now.Add(tally.Pause)
		if got := g.waits("ann", thief); got != mostPauses {
			t.Errorf("a second later it waits %d", got)
		}
	})
}

// Somebody keeps the queue for ann's name full, from as many places as it takes.
func TestTheOwnerIsNotKeptOut(t *testing.T) {
	const hotel = "203.0.113.7/32"
	thieves := 0
	// press has so many try, each from a place of its own.
	press := func(g *guesser, n int) {
		for range n {
			thieves++
			g.guess("ann", fmt.Sprintf("2001:db8:%x::/64", thieves))
		}
	}
	besieged := func(t *testing.T) *guesser {
		g := newGuesser(t)
		press(g, mostWrong)
		return g
	}
	t.Run("from a new place they wait, and come in", func(t *testing.T) {
		g := besieged(t)
		for range 60 {
			press(g, 2)
			long, back, ok := g.wait("ann", hotel)
			if !ok || long > mostPauses*tally.Pause {
				t.Fatalf("ann waits %s, %v", long, ok)
			}
			back()
			g.now = g.now.Add(time.Second)
		}
	})
	t.Run("also after a mistake or two", func(t *testing.T) {
		g := besieged(t)
		for i := range mostMistyped + 1 {
			press(g, 2*mostPauses)
			if ok := g.guess("ann", hotel); ok != (i < mostMistyped) {
				t.Errorf("after %d mistakes: %v", i, ok)
			}
		}
	})
	t.Run("a site makes few mistakes, whatever its households", func(t *testing.T) {
		g, checked := besieged(t), 0
		press(g, mostPauses+1)
		for i := range 1000 {
			if g.guess("ann", fmt.Sprintf("2001:dba:f00:%x::/64", i)) {
				checked++
			}
		}
		if checked != mostMistyped {
			t.Errorf("%d guesses of one site were checked", checked)
		}
	})
	t.Run("a day later mistakes are forgotten", func(t *testing.T) {
		g := besieged(t)
		for range mostMistyped {
			g.guess("ann", hotel)
		}
		g.now = g.now.Add(mistypeLasts + 1)
		press(g, mostWrong+mostPauses+1)
		if !g.guess("ann", hotel) {
			t.Error("ann is sent away")
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
					if _, err := p.check(t.Context(), "ann", from, look); err != nil {
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
				right, err := p.check(t.Context(), "ann", tt.from, func() (bool, error) { return tt.right, tt.err })
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
			_, err := g.check(gone, "ann", from, func() (bool, error) { t.Error("it is looked at"); return false, nil })
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

func TestAccountsThatANetworkOpens(t *testing.T) {
	for name, tt := range map[string]struct {
		address func(i int) string
		want    int // accounts that are opened, of 200
	}{
		"one address":                {func(int) string { return "192.0.2.1" }, mostOpened},
		"many of IPv4":               {func(i int) string { return fmt.Sprintf("192.0.2.%d", i) }, 200},
		"many of one household":      {func(i int) string { return fmt.Sprintf("2001:db8:1:2::%x", i) }, mostOpened},
		"many households, one site":  {func(i int) string { return fmt.Sprintf("2001:db8:1:%x::1", i) }, mostOpenedSite},
		"many sites":                 {func(i int) string { return fmt.Sprintf("2001:db8:%x::1", i) }, 200},
		"IPv4 written as IPv6":       {func(i int) string { return "::ffff:192.0.2.1" }, mostOpened},
		"a zone makes no difference": {func(i int) string { return fmt.Sprintf("fe80::1%%eth%d", i) }, mostOpened},
		"no address":                 {func(int) string { return "" }, mostOpened},
	} {
		t.Run(name, func(t *testing.T) {
			o, got := newOpenings(), 0
			for i := range 200 {
				if o.take(tt.address(i)) {
					got++
				}
			}
			if got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}

// A site has more households than can be remembered. They do not make that nobody is
// counted any more.
func TestASiteDoesNotHideOthers(t *testing.T) {
	o := newOpenings()
	for i := range 1 << 16 {
		o.take(fmt.Sprintf("2001:db8:1:%x::1", i))
	}
	n := 0
	for range 5000 {
		if o.take("192.0.2.77") {
			n++
		}
	}
	if n != mostOpened {
		t.Errorf("one address opened %d accounts, %d are allowed", n, mostOpened)
	}
}
