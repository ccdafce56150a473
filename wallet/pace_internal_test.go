package wallet

import (
	"fmt"
	"testing"
	"time"
)

func TestPaceForgetsTheQuiet(t *testing.T) {
	l := NewPace(1, 2)
	now := time.Now()
	for i := range 5000 {
		l.Take(fmt.Sprint("once", i), now)
		now = now.Add(time.Second)
	}
	if n := len(l.users); n > 2*1024 {
		t.Errorf("%d users are remembered", n)
	}
}

func TestPaceWarnsOnceAMinute(t *testing.T) {
	l := NewPace(1e-9, 1)
	now := time.Now()
	warnings := 0
	for i := range 121 {
		if l.Take("ann", now.Add(time.Duration(i)*time.Second)) == TooFast {
			warnings++
		}
	}
	if warnings != 2 {
		t.Errorf("warned %d times in two minutes", warnings)
	}
}

// Where everybody together asks too fast, each is told so once a minute, whatever
// they have asked themselves.
func TestPaceSaysThatThereAreTooMany(t *testing.T) {
	l := NewPace(1, 1000)
	now := time.Now()
	for n := 0; ; n++ {
		if v := l.Take(fmt.Sprint("user", n%2000), now); v == TooMany {
			break
		} else if v != Granted || n > 2*leastOfAll {
			t.Fatalf("number %d: %v", n, v)
		}
	}
	for after, want := range []Verdict{TooMany, Refused} {
		if got := l.Take("ann", now); got != want {
			t.Errorf("%d: %v, want %v", after, got, want)
		}
	}
	if l.Look("ann", now) {
		t.Error("there is no room to ask, and some to look")
	}
	if got := l.Take("ann", now.Add(time.Minute)); got != Granted {
		t.Errorf("a minute later: %v", got)
	}
}

// Who is not served is told so once a minute, and all of one server together
// only as often as one user may write.
func TestPaceTurnsAway(t *testing.T) {
	const burst = 20
	l := NewPace(1e-9, burst)
	now := time.Now()
	told := func(user string, after time.Duration) bool {
		l.Take(user, now.Add(after))
		return l.TurnAway(user, now.Add(after))
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
