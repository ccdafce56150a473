package component

import (
	"sync"

	"github.com/bitcoim/bitcoim/keyqueue"
)

// held is the bytes of stanzas that wait, of all and of each domain, as it was
// registered: whoever has one has as many names as they like, and writes long stanzas.
type held struct {
	most int
	home string // the domain that is ours, as it was registered

	mu      sync.Mutex
	all     int
	domains map[string]int
}

func newHeld(most int) *held { return &held{most: most, domains: map[string]int{}} }

// take holds a stanza of somebody until give is called; false if there is no room for it.
func (h *held) take(q *Stanza) (give func(), ok bool) {
	n, domain := q.size(), ownerOf(q.User)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all+n > h.most || !keyqueue.Room(h.domains, h.all, h.most, domain, h.home) {
		return nil, false
	}
	h.all += n
	h.domains[domain] += n
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.all -= n
		if h.domains[domain] -= n; h.domains[domain] == 0 {
			delete(h.domains, domain)
		}
	}, true
}
