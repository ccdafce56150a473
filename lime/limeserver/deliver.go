package limeserver

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/lime/internal/ascii"

	"github.com/bitcoim/bitcoim/lime"
)

// Deliver sends an envelope to the sessions of its To: to one node, or to
// those of an identity that are there and want it. A command goes to one. It
// returns to how many it was sent. A message for nobody who is there is kept in
// the inbox, if there is one, and the number is 0; anything else for nobody is
// a Reason of code DestinationNotFound. It does not wait for slow sessions.
func (s *Server) Deliver(ctx context.Context, e lime.Envelope) (int, error) {
	s.start()
	h := e.Head()
	to := h.To.In(s.Domain)
	if to.Instance != "" {
		if c := s.sessions.at(to); c != nil {
			return 1, s.offer(c, e)
		}
	}
	if to.Instance == "" || isMessage(e) {
		if n := s.spread(s.sessions.listening(to.Identity), e); n > 0 {
			return n, nil
		}
		if n := s.spread(s.sessions.authorities(to.Domain), e); n > 0 {
			return n, nil
		}
	}
	m, is := e.(*lime.Message)
	if !is || s.Inbox == nil {
		return 0, lime.Errorf(lime.DestinationNotFound, "%s is not there", to)
	}
	if err := s.Inbox.Store(ctx, to.Identity, m); err != nil {
		return 0, err
	}
	if there := s.sessions.listening(to.Identity); len(there) > 0 { // somebody came meanwhile
		s.empty(ctx, there[0])
	}
	return 0, nil
}

func isMessage(e lime.Envelope) bool {
	_, is := e.(*lime.Message)
	return is
}

// spread offers an envelope to sessions, but not to the one that sent it.
func (s *Server) spread(to []*Channel, e lime.Envelope) (n int) {
	_, isCommand := e.(*lime.Command)
	for _, c := range to {
		if e.Head().Sender().Equal(c.end.Remote) && !c.Presence().Echo {
			continue
		}
		if s.offer(c, e) == nil {
			n++
		}
		if n > 0 && isCommand {
			break
		}
	}
	return n
}

func (s *Server) offer(c *Channel, e lime.Envelope) error {
	err := c.end.Offer(e)
	if err != nil {
		s.Log.Warn("lime: not delivered", "node", c.end.Remote.String(), "err", err)
		return lime.Errorf(lime.Dispatch, "it could not be delivered")
	}
	return nil
}

// authorities are the sessions that speak for a whole domain and want what is
// sent there.
func (s *sessions) authorities(domain string) (all []*Channel) {
	domain = ascii.Fold(domain)
	for _, c := range s.all() {
		own, rule := ascii.Fold(c.end.Remote.Domain), c.Presence().RoutingRule
		switch {
		case c.role >= Authority && (rule == lime.RouteDomain || rule == lime.RouteRootDomain) && own == domain && listens(c.Presence()):
			all = append(all, c)
		case c.role == RootAuthority && rule == lime.RouteRootDomain && strings.HasSuffix(domain, "."+own) && listens(c.Presence()):
			all = append(all, c)
		}
	}
	return all
}

// empty sends what the inbox holds to a session.
func (s *Server) empty(ctx context.Context, c *Channel) {
	if s.Inbox == nil {
		return
	}
	err := s.Inbox.Take(ctx, c.end.Remote.Identity, func(m *lime.Message) error { return c.Send(ctx, m) })
	if err != nil && ctx.Err() == nil {
		s.Log.Warn("lime: the inbox was not emptied", "node", c.end.Remote.String(), "err", err)
	}
}
