package component

import (
	"fmt"
	"strings"
	"testing"
)

// Whoever has a domain has as many names below it as they like: what they write together
// leaves room for what others write, and is forgotten when it is given back.
func TestNoDomainFillsTheMemory(t *testing.T) {
	const most = 100_000
	h := newHeld(most)
	says := func(user string) *Stanza {
		return &Stanza{User: user, Element: El("", "message", El("", "body").Says(strings.Repeat("a", 900)))}
	}
	var back []func()
	for i := range 1000 {
		if give, ok := h.take(says(fmt.Sprintf("eve@s%d.evil.example", i))); ok {
			back = append(back, give)
		}
	}
	if h.all < most/3 || h.all > most*2/3 {
		t.Errorf("one domain has %d of %d bytes", h.all, most)
	}
	give, ok := h.take(says("ann@example.org"))
	if !ok {
		t.Fatal("no room for ann")
	}
	long := says("bob@example.net")
	long.Children[0].Says(strings.Repeat("a", most))
	if _, ok := h.take(long); ok {
		t.Error("room for more than there may be")
	}
	for _, give := range append(back, give) {
		give()
	}
	if h.all != 0 || len(h.domains) != 0 {
		t.Errorf("remembers %d bytes of %v", h.all, h.domains)
	}
}
