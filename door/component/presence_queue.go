package component

import (
	"context"
	"sync"

	"github.com/bitcoim/bitcoim/keyqueue"
	"github.com/bitcoim/bitcoim/wallet"
)

// presenceQueue is the presences that wait to be sent. Of two from the same contact
// to the same user only the later is sent, so that a thousand contacts asking
// twice make a thousand presences. The gateway's own go first, and domains take turns:
// whoever has a server has as many names as they like, and whoever has a domain as many
// servers below it.
type presenceQueue struct {
	most, ofOne int    // that wait together, and of one user
	home        string // the domain that is ours, as it was registered

	mu       sync.Mutex
	waiting  map[pair]*appearance
	users    map[string]int // how many wait of each
	domains  map[string]int // and of each domain, as it was registered
	gateway  keyqueue.Row[pair]
	contacts keyqueue.Row[pair]
	merged   int64
	came     chan struct{} // of size one: something is waiting
	went     chan struct{} // of size one: something was taken
}

// pair is a bare JID and the local part of a contact that it sees.
type pair struct{ user, at string }

// appearance is how a contact will be shown.
type appearance struct {
	pair
	everybody bool            // not one contact, but all that user knows
	asked     bool            // user asked about somebody who may not be there
	contact   *wallet.Contact // as the desk just listed it, nil to ask again
}

func newPresenceQueue(most, ofOne int) *presenceQueue {
	return &presenceQueue{
		most:    most,
		ofOne:   ofOne,
		waiting: make(map[pair]*appearance),
		users:   make(map[string]int),
		domains: make(map[string]int),
		came:    make(chan struct{}, 1),
		went:    make(chan struct{}, 1),
	}
}

// add lets a wait. It reports false if too many do: a user may look at contacts that
// are not there, as many as can be written. Of one domain no more wait than queue.Room says.
func (q *presenceQueue) add(a appearance) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if old := q.waiting[a.pair]; old != nil {
		a.asked = a.asked || old.asked
		*old = a
		q.merged++
		return true
	}
	domain := ownerOf(a.user)
	if !keyqueue.Room(q.domains, len(q.waiting), q.most, domain, q.home) || q.users[a.user] >= q.ofOne {
		return false
	}
	q.waiting[a.pair] = &a
	q.users[a.user]++
	q.domains[domain]++
	if a.at == "" {
		q.gateway.Add(domain, a.pair)
	} else {
		q.contacts.Add(domain, a.pair)
	}
	signal(q.came)
	return true
}

// next waits for an appearance.
func (q *presenceQueue) next(ctx context.Context) (appearance, error) {
	for {
		if a, ok := q.first(); ok {
			return a, nil
		}
		select {
		case <-ctx.Done():
			return appearance{}, ctx.Err()
		case <-q.came:
		}
	}
}

func (q *presenceQueue) first() (a appearance, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	p, ok := q.gateway.Next(nil)
	if !ok {
		p, ok = q.contacts.Next(nil)
	}
	if !ok {
		return appearance{}, false
	}
	a = *q.waiting[p]
	delete(q.waiting, p)
	less(q.users, p.user)
	less(q.domains, ownerOf(p.user))
	signal(q.went)
	return a, true
}

// room waits until fewer than n are waiting.
func (q *presenceQueue) room(ctx context.Context, n int) error {
	for {
		q.mu.Lock()
		waiting := len(q.waiting)
		q.mu.Unlock()
		if waiting < n {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-q.went:
		}
	}
}

func (q *presenceQueue) state() (waiting int, merged int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting), q.merged
}

// less counts one less of key.
func less(count map[string]int, key string) {
	if count[key]--; count[key] == 0 {
		delete(count, key)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
