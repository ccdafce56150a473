package component

import (
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/i18n"
)

func TestPresenceQueue(t *testing.T) {
	c := newPresenceQueue(3, 3)
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

// A stranger looks at more contacts than there are. What others wait for has room.
func TestNobodyFillsThePresenceQueue(t *testing.T) {
	c := newPresenceQueue(100, 10)
	took := 0
	for i := range 1000 {
		if c.add(appearance{pair: pair{"eve", fmt.Sprint("nobody", i)}, asked: true}) {
			took++
		}
	}
	if took != 10 || !c.add(appearance{pair: pair{"ann", "bob"}}) {
		t.Errorf("eve has %d waiting, or ann none", took)
	}
	if _, ok := c.first(); !ok || !c.add(appearance{pair: pair{"eve", "one more"}}) {
		t.Error("eve has no room again")
	}
	for range 11 {
		c.first()
	}
	if len(c.users) != 0 {
		t.Errorf("remembers %v", c.users)
	}
}

// A stranger has as many names at their server as they like, and some servers. Others
// have room.
func TestNoDomainFillsThePresenceQueue(t *testing.T) {
	c := newPresenceQueue(1000, 100)
	for domain := range 3 {
		for i := range 9000 {
			c.add(appearance{pair: pair{fmt.Sprintf("eve%d@evil%d.example", i/100, domain), fmt.Sprint("nobody", i)}, asked: true})
		}
	}
	if !c.add(appearance{pair: pair{"ann@example.org", "bob"}}) || !c.add(appearance{pair: pair{"ann@example.org", ""}}) {
		t.Error("users of three domains wait for all that there is, and ann is shown nothing")
	}
	for {
		if _, ok := c.first(); !ok {
			break
		}
	}
	if len(c.users)+len(c.domains) != 0 {
		t.Errorf("remembers %v, %v", c.users, c.domains)
	}
}

// Servers below one domain are one's, and some room is kept for those who have little.
func TestServersBelowOneDomainFillNoPresenceQueue(t *testing.T) {
	for name, tt := range map[string]struct {
		server  string // of a number
		servers int
		most    int // that may wait, of 1000
	}{
		"servers of one domain": {"eve%[2]d@s%[1]d.evil.example", 12, 500},
		"some domains":          {"eve%[2]d@evil%[1]d.example", 12, 970},
	} {
		c := newPresenceQueue(1000, 100)
		for server := range tt.servers {
			for i := range 1000 {
				c.add(appearance{pair: pair{fmt.Sprintf(tt.server, server, i/100), fmt.Sprint("nobody", i)}, asked: true})
			}
		}
		if waiting, _ := c.state(); waiting > tt.most {
			t.Errorf("%s: %d wait", name, waiting)
		}
	}
}

// The requests of servers below one domain take their turns as one's.
func TestRequestsOfOneDomainAreOneGroup(t *testing.T) {
	cat, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	c := New(Config{}, nil, cat, nil)
	for name, group := range map[string]func(string) string{"requests": c.requests.Group, "subscriptions": c.subscriptions.Group} {
		if a, b := group("ann@a.example.org"), group("bob@b.example.org"); a != b || a == group("ann@example.net") {
			t.Errorf("%s: %q and %q", name, a, b)
		}
	}
}

// What ann sees does not stand behind all that another domain asked for.
func TestDomainsTakeTurnsForPresences(t *testing.T) {
	c := newPresenceQueue(1000, 100)
	for i := range 400 {
		c.add(appearance{pair: pair{fmt.Sprintf("eve%d@evil.example", i/100), fmt.Sprint("nobody", i)}, asked: true})
	}
	c.add(appearance{pair: pair{"ann@example.org", "bob"}})
	for n := 1; ; n++ {
		if a, ok := c.first(); !ok || a.user == "ann@example.org" {
			if n > 2 {
				t.Errorf("ann's is number %d", n)
			}
			return
		}
	}
}

func TestBackoff(t *testing.T) {
	b := Backoff{}
	b.defaults()
	for _, most := range []time.Duration{1, 2, 4, 8, 10, 10} {
		if d := b.next(false); d < most*time.Second || d > most*time.Second*3/2 {
			t.Errorf("%v after %d s", d, most)
		}
	}
	b.lived(5 * time.Second)
	if d := b.next(false); d < 10*time.Second {
		t.Errorf("%v after a connection that did not last", d)
	}
	b.lived(6 * time.Second)
	if d := b.next(false); d > 3*time.Second/2 {
		t.Errorf("%v after one that lived for seconds", d)
	}
	b.lived(2 * time.Minute)
	if d := b.next(true); d < 5*time.Second || d > 10*time.Second {
		t.Errorf("%v after a conflict", d)
	}
	if d := b.next(true); d < 2*time.Minute {
		t.Errorf("%v after the next", d)
	}
	if d := b.next(false); d > 10*time.Second {
		t.Errorf("%v after that", d)
	}
	b.lived(59 * time.Second)
	if d := b.next(true); d < 2*time.Minute {
		t.Errorf("%v after a conflict, seconds after another", d)
	}
	b.lived(2 * time.Minute)
	if d := b.next(true); d > 10*time.Second {
		t.Errorf("%v after a conflict, and a good connection before it", d)
	}
}
