package limeserver

import (
	"cmp"
	"net/netip"
	"slices"
	"sync"

	"github.com/bitcoim/bitcoim/lime"
)

// sessions is who is connected.
type sessions struct {
	mu          sync.Mutex
	identities  map[string][]*Channel
	subscribers map[subscription]map[*Channel]bool
	strangers   map[string]int // connections that are not established, by address
	connections int
	turn        int           // of round robin
	closed      bool          // nobody enters any more
	gone        chan struct{} // closed when the last one has left after that
}

func (s *sessions) start() {
	s.identities = map[string][]*Channel{}
	s.subscribers = map[subscription]map[*Channel]bool{}
	s.strangers = map[string]int{}
	s.gone = make(chan struct{})
}

// enter counts a new connection; false means that there are too many, or that
// the server is closed.
func (s *sessions) enter(remote string, l Limits) bool {
	from := network(remote)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.connections >= l.Connections || from != "" && s.strangers[from] >= l.Strangers {
		return false
	}
	s.connections++
	s.strangers[from]++
	return true
}

// network is what is counted as one: an IPv4 address, or the 64 bits of an IPv6
// address that one customer has. It is "" for this machine: everybody behind a
// proxy would be one.
func network(remote string) string {
	ip, err := netip.ParseAddr(remote)
	switch {
	case err != nil || ip.IsLoopback():
		return ""
	case ip.Is4() || ip.Is4In6():
		return ip.Unmap().String()
	}
	net, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return ""
	}
	return net.String()
}

// close lets nobody in any more. The channel is closed when all have left.
func (s *sessions) close() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		s.last()
	}
	return s.gone
}

// last notices that all have left. mu is held.
func (s *sessions) last() {
	if s.closed && s.connections == 0 {
		close(s.gone)
	}
}

// known says that a connection is established, or will not be.
func (s *sessions) known(remote string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := network(remote)
	if s.strangers[from]--; s.strangers[from] <= 0 {
		delete(s.strangers, from)
	}
}

func (s *sessions) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections--
	s.last()
}

// add puts a session in the place of one with the same node, which it returns.
func (s *sessions) add(c *Channel, most int) (old *Channel, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := c.end.Remote.Identity.Key()
	all := s.identities[key]
	for i, other := range all {
		if other.end.Remote.Equal(c.end.Remote) {
			s.forget(other)
			all = slices.Clone(all)
			all[i] = c
			s.identities[key] = all
			return other, nil
		}
	}
	if len(all) >= most {
		return nil, lime.Errorf(lime.RegistrationError, "the account has %d sessions, which is as many as it may have", len(all))
	}
	s.identities[key] = append(slices.Clone(all), c)
	return nil, nil
}

func (s *sessions) remove(c *Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(c)
	key := c.end.Remote.Identity.Key()
	left := slices.DeleteFunc(slices.Clone(s.identities[key]), func(other *Channel) bool { return other == c })
	if len(left) == 0 {
		delete(s.identities, key)
	} else {
		s.identities[key] = left
	}
}

// of returns the sessions of an identity; the list is not changed any more.
func (s *sessions) of(i lime.Identity) []*Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.identities[i.Key()])
}

// at returns the session of a node, nil if there is none.
func (s *sessions) at(n lime.Node) *Channel {
	for _, c := range s.of(n.Identity) {
		if c.end.Remote.Equal(n) {
			return c
		}
	}
	return nil
}

func (s *sessions) all() (all []*Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, some := range s.identities {
		all = append(all, some...)
	}
	return all
}

// listening returns the sessions that get what is sent to an identity: those
// that are there and want it, the highest priority first. Of those that share
// the work in turns, one.
func (s *sessions) listening(i lime.Identity) []*Channel {
	type listener struct {
		*Channel
		p lime.Presence
	}
	var all []listener
	for _, c := range s.of(i) {
		if p := c.Presence(); listens(p) {
			all = append(all, listener{c, p})
		}
	}
	slices.SortStableFunc(all, func(a, b listener) int { return cmp.Compare(b.p.Priority, a.p.Priority) })
	var chosen, inTurns []*Channel
	for _, l := range all {
		switch {
		case l.p.RoundRobin:
			inTurns = append(inTurns, l.Channel)
		case l.p.RoutingRule == lime.RouteIdentityByPriority && l.p.Priority < all[0].p.Priority:
		default:
			chosen = append(chosen, l.Channel)
		}
	}
	if len(inTurns) == 0 {
		return chosen
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn++
	return append(chosen, inTurns[s.turn%len(inTurns)])
}
