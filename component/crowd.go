package component

import (
	"context"
	"sync"

	"github.com/bitcoim/bitcoim/command"
)

// crowd is the presences that wait to be sent. Of two from the same contact
// to the same user only the later is sent, so that a thousand contacts asking
// twice make a thousand presences. The gateway's own go first.
type crowd struct {
	most int

	mu       sync.Mutex
	waiting  map[pair]*appearance
	gateway  []pair
	contacts []pair
	merged   int64
	came     chan struct{} // of size one: something is waiting
	went     chan struct{} // of size one: something was taken
}

// pair is a bare JID and the local part of a contact that it sees.
type pair struct{ user, at string }

// appearance is how a contact will be shown.
type appearance struct {
	pair
	everybody bool             // not one contact, but all that user knows
	asked     bool             // user asked about somebody who may not be there
	contact   *command.Contact // as the desk just listed it, nil to ask again
}

func newCrowd(most int) *crowd {
	return &crowd{
		most:    most,
		waiting: make(map[pair]*appearance),
		came:    make(chan struct{}, 1),
		went:    make(chan struct{}, 1),
	}
}

// add lets a wait. It reports false if too many do.
func (c *crowd) add(a appearance) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.waiting[a.pair]; old != nil {
		a.asked = a.asked || old.asked
		*old = a
		c.merged++
		return true
	}
	if len(c.waiting) >= c.most {
		return false
	}
	c.waiting[a.pair] = &a
	if a.at == "" {
		c.gateway = append(c.gateway, a.pair)
	} else {
		c.contacts = append(c.contacts, a.pair)
	}
	signal(c.came)
	return true
}

// next waits for an appearance.
func (c *crowd) next(ctx context.Context) (appearance, error) {
	for {
		if a, ok := c.first(); ok {
			return a, nil
		}
		select {
		case <-ctx.Done():
			return appearance{}, ctx.Err()
		case <-c.came:
		}
	}
}

func (c *crowd) first() (a appearance, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	from := &c.gateway
	if len(*from) == 0 {
		from = &c.contacts
	}
	if len(*from) == 0 {
		return appearance{}, false
	}
	p := (*from)[0]
	if *from = (*from)[1:]; len(*from) == 0 {
		*from = nil // lets the old array go
	}
	a = *c.waiting[p]
	delete(c.waiting, p)
	signal(c.went)
	return a, true
}

// room waits until fewer than n are waiting.
func (c *crowd) room(ctx context.Context, n int) error {
	for {
		c.mu.Lock()
		waiting := len(c.waiting)
		c.mu.Unlock()
		if waiting < n {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.went:
		}
	}
}

func (c *crowd) state() (waiting int, merged int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting), c.merged
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
