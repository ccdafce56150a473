package component

import (
	"fmt"
	"testing"
	"time"
)

func TestLimiterForgetsTheQuiet(t *testing.T) {
	l := newLimiter(1, 2)
	now := time.Now()
	for i := range 5000 {
		l.allow(fmt.Sprint("once", i), now)
		now = now.Add(time.Second)
	}
	if n := len(l.users); n > 2*1024 {
		t.Errorf("%d users are remembered", n)
	}
}

func TestLimiterWarnsOnceAMinute(t *testing.T) {
	l := newLimiter(1e-9, 1)
	now := time.Now()
	warnings := 0
	for i := range 121 {
		if _, warn := l.allow("ann", now.Add(time.Duration(i)*time.Second)); warn {
			warnings++
		}
	}
	if warnings != 2 {
		t.Errorf("warned %d times in two minutes", warnings)
	}
}

// Who is not served is told so once a minute, and all of one server together
// only as often as one user may write.
func TestLimiterTurnsAway(t *testing.T) {
	const burst = 20
	l := newLimiter(1e-9, burst)
	now := time.Now()
	told := func(user string, after time.Duration) bool {
		l.allow(user, now.Add(after))
		return l.turnAway(user, now.Add(after))
	}
	for _, tt := range []struct {
		user  string
		after time.Duration
		want  bool
	}{
		{"eve@far.example", 0, true}, {"eve@far.example", 59 * time.Second, false}, {"eve@far.example", time.Minute, true},
		{"eve@near.example", 0, true},
	} {
		if got := told(tt.user, tt.after); got != tt.want {
			t.Errorf("%s after %v: told %v", tt.user, tt.after, got)
		}
	}
	n := 0
	for i := range 1000 {
		if told(fmt.Sprint("bot", i, "@bots.example"), 0) {
			n++
		}
	}
	if n != burst {
		t.Errorf("%d of 1000 bots are told, want %d", n, burst)
	}
}

func TestPresenceQueue(t *testing.T) {
	c := newPresenceQueue(3)
	for _, p := range []pair{{"ann", "x"}, {"ann", "y"}, {"ann", "x"}, {"bob", ""}} {
		if !c.add(appearance{pair: p, asked: p.at == "x"}) {
			t.Errorf("no room for %v", p)
		}
	}
	if c.add(appearance{pair: pair{"carl", "z"}}) {
		t.Error("room for a fourth of three")
	}
	if !c.add(appearance{pair: pair{"ann", "x"}}) {
		t.Error("no room for one that waits already")
	}
	for _, want := range []appearance{
		{pair: pair{"bob", ""}}, // the gateway first
		{pair: pair{"ann", "x"}, asked: true},
		{pair: pair{"ann", "y"}},
	} {
		if got, ok := c.first(); !ok || got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if waiting, merged := c.state(); waiting != 0 || merged != 2 {
		t.Errorf("%d waiting, %d merged", waiting, merged)
	}
}

func TestBackoff(t *testing.T) {
	b := Backoff{}
	b.defaults()
	for _, most := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		if d := b.next(false); d < most*time.Second || d > most*time.Second*3/2 {
			t.Errorf("%v after %d s", d, most)
		}
	}
	b.reset()
	if d := b.next(true); d < 5*time.Second || d > 10*time.Second {
		t.Errorf("%v after a conflict", d)
	}
	if d := b.next(true); d < 2*time.Minute {
		t.Errorf("%v after the next", d)
	}
	if d := b.next(false); d > 10*time.Second {
		t.Errorf("%v after that", d)
	}
}
