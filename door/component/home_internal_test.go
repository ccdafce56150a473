package component

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/i18n"
)

// Strangers fill all that they may. Of servers below one domain others have room; of many
// registered domains those of the gateway's own. They are served.
func TestStrangersLeaveRoom(t *testing.T) {
	cat, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ server, ann string }{
		"servers below one domain": {"s%d.evil.example", "ann@example.net"},
		"many domains":             {"evil%d.example", "ann@example.org"},
	} {
		t.Run(name, func(t *testing.T) {
			limits := Limits{Workers: 4, Waiters: 28, WaitingAll: 800, Memory: 1 << 20}
			c := New(Config{Domain: "bitcoin.example.org", Limits: limits}, nil, cat, nil)
			c.requests.Slow = 1
			free, served := make(chan struct{}), make(chan struct{})
			work := func(user string) func(context.Context) {
				if user == tt.ann {
					return func(context.Context) { close(served) }
				}
				return func(context.Context) { <-free }
			}
			for name, add := range map[string]func(user string) bool{
				"requests":      func(user string) bool { return c.requests.Do(user, work(user)) == nil },
				"subscriptions": func(user string) bool { return c.subscriptions.Do(user, func(context.Context) { <-free }) == nil },
				"presences":     func(user string) bool { return c.presences.add(appearance{pair: pair{user, "bob"}}) },
				"memory": func(user string) bool {
					_, ok := c.held.take(&Stanza{User: user, Element: El("", "body").Says(strings.Repeat("a", 900))})
					return ok
				},
			} {
				full := 0
				for i := range 5000 {
					if !add(fmt.Sprintf("eve%d@"+tt.server, i, i%1000)) {
						full++
					}
				}
				if full == 0 {
					t.Errorf("%s: strangers do not fill them", name)
				}
				if !add(tt.ann) {
					t.Errorf("%s: no room for ann", name)
				}
			}
			select {
			case <-served:
			case <-time.After(10 * time.Second):
				t.Error("ann is not served")
			}
			close(free)
			if err := c.requests.Close(t.Context()); err != nil {
				t.Error(err)
			}
			if err := c.subscriptions.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
