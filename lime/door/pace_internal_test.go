package door

import (
	"fmt"
	"testing"
	"time"
)

// guesser tries passwords at a pace, by a clock of its own.
type guesser struct {
	*testing.T
	pace
	now time.Time
}

func newGuesser(t *testing.T) *guesser {
	g := &guesser{T: t, now: time.Unix(1_700_000_000, 0)}
	g.clock = func() time.Time { return g.now }
	return g
}

// wrong tries n wrong passwords, and returns how long the last one waited.
func (g *guesser) wrong(name, from string, n int) (long time.Duration) {
	for range n {
		var ok bool
		if long, ok = g.wait(name, from); !ok {
			g.Fatalf("%s from %s is kept out", name, from)
		}
		g.now = g.now.Add(long)
		g.is(name, from, false)
	}
	return long
}

// waits is how long a try would wait, as a whole number of pauses, -1 if it is
// sent away.
func (g *guesser) waits(name, from string) int {
	long, ok := g.wait(name, from)
	if !ok {
		return -1
	}
	return int((long + pause - 1) / pause)
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
	t.Run("also for another user", func(t *testing.T) {
		g := newGuesser(t)
		g.wrong("ann", thief, mostWrong+1)
		if got := g.waits("bob", thief); got != 1 {
			t.Errorf("it waits %d", got)
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
		g.is("ann", home, true)
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
		g.now = g.now.Add(pause)
		if got := g.waits("ann", thief); got != mostPauses {
			t.Errorf("a second later it waits %d", got)
		}
	})
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
