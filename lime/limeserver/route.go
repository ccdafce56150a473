package limeserver

import (
	"context"
	"errors"
	"strings"

	"github.com/bitcoim/bitcoim/lime/internal/ascii"
	"github.com/bitcoim/bitcoim/lime/internal/paths"

	"github.com/bitcoim/bitcoim/lime"
)

// Place is where an identity of the server's domain is at home.
type Place uint8

// Places.
const (
	Nowhere  Place = iota // nobody has this name
	AtServer              // the server speaks for it: what is sent to it goes to the Mux
	AtHome                // its sessions, or its inbox, get what is sent to it
)

// Directory says who is who.
type Directory func(ctx context.Context, i lime.Identity) (Place, error)

// sender sets From to who really sends, and checks that it may send as whom it
// says: as itself, in the name of others with their delegation, or for its
// domain as an authority.
func (s *Server) sender(ctx context.Context, c *Channel, e lime.Envelope) error {
	h := e.Head()
	from := h.From.In(s.Domain)
	h.PP = lime.Node{}
	if h.From.IsZero() || from.Identity.Equal(c.end.Remote.Identity) {
		h.From = c.end.Remote
		return nil
	}
	switch {
	case c.role == RootAuthority && (ascii.EqualFold(from.Domain, c.end.Remote.Domain) || strings.HasSuffix(ascii.Fold(from.Domain), "."+ascii.Fold(c.end.Remote.Domain))):
	case c.role >= Authority && ascii.EqualFold(from.Domain, c.end.Remote.Domain):
	default:
		if err := s.mayAct(ctx, from.Identity, c, e); err != nil {
			return err
		}
	}
	h.From, h.PP = from, c.end.Remote
	return nil
}

// here reports whether an address is answered by the Mux. A Reason says that
// nobody is there.
func (s *Server) here(ctx context.Context, to lime.Node) (bool, error) {
	switch {
	case to.IsZero(), to.Identity.Equal(s.Node.Identity), to.Domain == "" && ascii.EqualFold(to.Name, s.Domain):
		return true, nil
	case !ascii.EqualFold(to.In(s.Domain).Domain, s.Domain):
		if s.sessions.at(to) != nil {
			return false, nil
		}
		return false, lime.Errorf(lime.GatewayNotFound, "%s is not a domain of this server", to.Domain)
	case to.Name == "" || ascii.EqualFold(to.Name, lime.Postmaster):
		return true, nil
	}
	to = to.In(s.Domain)
	if to.Instance != "" && s.sessions.at(to) != nil {
		return false, nil
	}
	place := Nowhere
	if s.Directory != nil {
		var err error
		if place, err = s.Directory(ctx, to.Identity); err != nil {
			return false, err
		}
	}
	switch {
	case place == AtServer:
		return true, nil
	case place == AtHome, len(s.sessions.of(to.Identity)) > 0, len(s.sessions.authorities(to.Domain)) > 0:
		return false, nil
	}
	return false, lime.Errorf(lime.DestinationNotFound, "there is nobody of this name")
}

func (s *Server) message(ctx context.Context, c *Channel, m *lime.Message) {
	err := s.takeMessage(ctx, c, m)
	var reason *lime.Reason
	switch {
	case err == nil, errors.Is(err, ErrLater), ctx.Err() != nil:
		return
	case !errors.As(err, &reason):
		s.Log.Error("lime: a message could not be handled", "from", m.From.String(), "id", m.ID, "err", err)
		reason = lime.Errorf(lime.Processing, "the message could not be handled")
	}
	c.end.Reject(m, reason)
}

func (s *Server) takeMessage(ctx context.Context, c *Channel, m *lime.Message) error {
	if err := s.sender(ctx, c, m); err != nil {
		return err
	}
	here, err := s.here(ctx, m.To)
	if err != nil {
		return err
	}
	if !here {
		return s.relayMessage(ctx, c, m)
	}
	if err := c.Notify(ctx, m, lime.Accepted); err != nil {
		return err
	}
	if err := c.Notify(ctx, m, lime.Received); err != nil {
		return err
	}
	if err := s.Mux.message(ctx, c, m); err != nil {
		return err
	}
	return c.Notify(ctx, m, lime.Consumed)
}

func (s *Server) relayMessage(ctx context.Context, c *Channel, m *lime.Message) error {
	if err := s.mayRelay(ctx, c, m); err != nil {
		return err
	}
	if err := c.Notify(ctx, m, lime.Accepted); err != nil {
		return err
	}
	n, err := s.Deliver(ctx, m)
	if err != nil || n == 0 { // kept in the inbox: nobody has it yet
		return err
	}
	return c.Notify(ctx, m, lime.Dispatched)
}

func (s *Server) mayRelay(ctx context.Context, c *Channel, e lime.Envelope) error {
	to := e.Head().To.In(s.Domain)
	e.Head().To = to
	switch {
	case to.Identity.Equal(c.end.Remote.Identity):
		return nil
	case c.role == Visitor:
		return lime.Errorf(lime.Authorization, "guests may not do this")
	case s.Relay == nil:
		return lime.Errorf(lime.UnauthorizedSender, "accounts of this server do not write to each other")
	}
	if err := s.Relay(ctx, c, to.Identity, e); err != nil {
		return lime.ReasonOf(err, lime.UnauthorizedSender)
	}
	return nil
}

// notification goes to the Mux if it is for the server. Some address it to
// themselves instead: what counts is the id.
func (s *Server) notification(ctx context.Context, c *Channel, n *lime.Notification) {
	if s.sender(ctx, c, n) != nil {
		return
	}
	if here, err := s.here(ctx, n.To); err != nil {
		return
	} else if here || n.To.In(s.Domain).Identity.Equal(c.end.Remote.Identity) {
		if s.Mux.notified != nil {
			s.Mux.notified(ctx, c, n)
		}
		return
	}
	if s.mayRelay(ctx, c, n) == nil {
		_, _ = s.Deliver(ctx, n) // nobody is told what became of a notification
	}
}

// response is for a node whose request was relayed.
func (s *Server) response(ctx context.Context, c *Channel, r *lime.Command) {
	if s.sender(ctx, c, r) != nil || s.mayRelay(ctx, c, r) != nil {
		return
	}
	_, _ = s.Deliver(ctx, r)
}

func (s *Server) request(ctx context.Context, c *Channel, r *lime.Command) {
	resource, after, relayed, err := s.answer(ctx, c, r)
	switch reason := (*lime.Reason)(nil); {
	case relayed:
		c.end.Free(r.ID) // whoever has it answers
		return
	case err != nil && ctx.Err() == nil && !errors.As(err, &reason):
		s.Log.Error("lime: a command could not be handled", "from", r.From.String(), "method", string(r.Method), "uri", string(r.URI), "err", err)
	}
	c.end.Reply(ctx, r, resource, err)
	if after != nil {
		after()
	}
}

func (s *Server) answer(ctx context.Context, c *Channel, r *lime.Command) (_ lime.Document, after func(), relayed bool, err error) {
	if err := s.sender(ctx, c, r); err != nil {
		return nil, nil, false, err
	}
	here, err := s.here(ctx, r.To)
	if err != nil {
		return nil, nil, false, err
	}
	if !here && !r.To.In(s.Domain).Identity.Equal(c.end.Remote.Identity) {
		if err := s.mayRelay(ctx, c, r); err != nil {
			return nil, nil, false, err
		}
		_, err := s.Deliver(ctx, r)
		return nil, nil, err == nil, err
	}
	request, err := s.requestOf(c, r)
	if err != nil {
		return nil, nil, false, err
	}
	doc, err := s.serve(ctx, request)
	return doc, request.after, false, err
}

// requestOf finds out whose resource is meant: that of the URI's owner, else
// that of whom the command is addressed to, else the sender's own.
func (s *Server) requestOf(c *Channel, r *lime.Command) (*Request, error) {
	at, err := r.URI.Parse()
	if err != nil {
		return nil, err
	}
	owner := at.Owner
	if owner.IsZero() {
		owner = r.To.In(s.Domain).Identity
	}
	if owner.Name == "" || owner.Domain == "" || owner.Equal(s.Node.Identity) || ascii.EqualFold(owner.Name, lime.Postmaster) {
		owner = r.From.Identity
	}
	return &Request{Command: r, Channel: c, Owner: owner, Path: at.Path, Query: at.Query}, nil
}

// serve answers a request, if it is allowed.
func (s *Server) serve(ctx context.Context, r *Request) (lime.Document, error) {
	found, vars, err := paths.Find(r.Method, r.Path, &s.Mux.commands, &builtin.commands)
	r.vars = vars
	switch {
	case err != nil:
		return nil, err
	case r.Channel.role == Visitor && !found.guests:
		return nil, lime.Errorf(lime.Authorization, "guests may not do this")
	}
	if !found.anybody && !r.Owner.Equal(r.From.Identity) {
		if err := s.mayAct(ctx, r.Owner, r.Channel, r.Command); err != nil {
			return nil, err
		}
	}
	doc, err := found.handle(ctx, r)
	if err != nil || !found.observable {
		return doc, err
	}
	if on := subscriptionOf(r.Owner, r.Path); r.Method == lime.Subscribe {
		err = s.sessions.subscribe(r.Channel, on, s.limits.Subscriptions)
	} else {
		s.sessions.unsubscribe(r.Channel, on)
	}
	return doc, err
}
