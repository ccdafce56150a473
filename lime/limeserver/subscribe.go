package limeserver

import (
	"maps"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/lime"
)

// subscription is a resource that somebody wants to hear of.
type subscription struct{ owner, path string }

func subscriptionOf(owner lime.Identity, path string) subscription {
	return subscription{owner.Key(), strings.ToLower(path)}
}

// subscribe notes that a session wants to hear of a resource.
func (s *sessions) subscribe(c *Channel, on subscription, most int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.end.Over():
		return lime.ErrClosed
	default:
	}
	if len(c.subs) >= most && !c.subs[on] {
		return lime.Errorf(lime.QuotaExceeded, "a session may have %d subscriptions", most)
	}
	c.subs[on] = true
	if s.subscribers[on] == nil {
		s.subscribers[on] = map[*Channel]bool{}
	}
	s.subscribers[on][c] = true
	return nil
}

func (s *sessions) unsubscribe(c *Channel, on subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.mu.Lock()
	delete(c.subs, on)
	c.mu.Unlock()
	s.drop(c, on)
}

// forget drops all subscriptions of a session. mu is held.
func (s *sessions) forget(c *Channel) {
	c.mu.Lock()
	all := slices.Collect(maps.Keys(c.subs))
	clear(c.subs)
	c.mu.Unlock()
	for _, on := range all {
		s.drop(c, on)
	}
}

func (s *sessions) drop(c *Channel, on subscription) {
	delete(s.subscribers[on], c)
	if len(s.subscribers[on]) == 0 {
		delete(s.subscribers, on)
	}
}

// subscribed returns who wants to hear of a path: who subscribed to it, or to
// a path above it.
func (s *sessions) subscribed(owner lime.Identity, path string) map[*Channel]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[*Channel]bool{}
	for {
		maps.Copy(all, s.subscribers[subscriptionOf(owner, path)])
		i := strings.LastIndexByte(path, '/')
		if i <= 0 {
			return all
		}
		path = path[:i]
	}
}

// Observe tells all sessions that subscribed to a resource of an account, or
// to one above it, that it changed. A nil resource says that it was deleted.
// It returns how many were told. It does not wait for slow ones.
func (s *Server) Observe(owner lime.Identity, path string, resource lime.Document) int {
	s.start()
	told := 0
	for c := range s.sessions.subscribed(owner, path) {
		r := lime.Resource{Path: path}
		if !c.end.Remote.Identity.Equal(owner) {
			r.Owner = owner
		}
		o := &lime.Command{Method: lime.Observe, URI: lime.URI(r.String()), Resource: resource}
		if err := c.end.Offer(o); err != nil {
			s.Log.Warn("lime: an observer was not told", "node", c.end.Remote.String(), "err", err)
			continue
		}
		told++
	}
	return told
}
