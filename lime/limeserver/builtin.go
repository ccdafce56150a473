package limeserver

import (
	"context"

	"github.com/bitcoim/bitcoim/lime"
)

// builtin answers what every server answers, unless the server's own Mux does.
var builtin = builtIn()

func builtIn() *Mux {
	m := NewMux()
	m.Handle(lime.Get, string(lime.PingURI), func(context.Context, *Request) (lime.Document, error) { return lime.Ping{}, nil }, ForGuests(), ForAnybody())
	m.Handle(lime.Get, "/presence", func(_ context.Context, r *Request) (lime.Document, error) { return r.Channel.Presence(), nil }, ForGuests())
	m.Handle(lime.Set, "/presence", setPresence, ForGuests())
	m.Handle(lime.Merge, "/presence", setPresence, ForGuests())
	m.Handle(lime.Delete, "/presence", func(_ context.Context, r *Request) (lime.Document, error) {
		r.Channel.mu.Lock()
		defer r.Channel.mu.Unlock()
		r.Channel.presence = lime.Presence{}
		return nil, nil
	}, ForGuests())
	m.Handle(lime.Get, "/receipt", func(_ context.Context, r *Request) (lime.Document, error) { return r.Channel.Receipt(), nil }, ForGuests())
	m.Handle(lime.Set, "/receipt", setReceipt, ForGuests())
	m.Handle(lime.Merge, "/receipt", setReceipt, ForGuests())
	m.Handle(lime.Get, "/capability", func(_ context.Context, r *Request) (lime.Document, error) { return r.server().Capability, nil }, ForGuests(), ForAnybody())
	m.Handle(lime.Set, "/capability", setCapability, ForGuests())
	m.Handle(lime.Merge, "/capability", setCapability, ForGuests())
	m.Handle(lime.Get, "/quota", func(_ context.Context, r *Request) (lime.Document, error) { return r.server().limits.Quota(), nil }, ForGuests())
	delegate(m)
	return m
}

// server is the one that r came to.
func (r *Request) server() *Server { return r.Channel.server }

// own refuses to change the session of somebody else.
func (r *Request) own() error {
	if !r.Owner.Equal(r.Channel.end.Remote.Identity) {
		return lime.Errorf(lime.PermissionRequired, "this belongs to a session")
	}
	return nil
}

// setPresence notes a presence; whoever becomes available gets its inbox. A
// merge keeps what it does not name.
func setPresence(_ context.Context, r *Request) (lime.Document, error) {
	if err := r.own(); err != nil {
		return nil, err
	}
	p, err := lime.As[lime.Presence](r.Resource)
	if err != nil {
		return nil, err
	}
	c := r.Channel
	if p.RoutingRule == lime.RouteDomain && c.role < Authority || p.RoutingRule == lime.RouteRootDomain && c.role < RootAuthority {
		return nil, lime.Errorf(lime.NotAllowed, "the session does not speak for the domain")
	}
	c.mu.Lock()
	before := c.presence
	if r.Method == lime.Merge {
		p = over(p, before)
	}
	c.presence = p
	c.mu.Unlock()
	if listens(p) && !listens(before) {
		r.after = func() { r.server().empty(c.end.Context(), c) }
	}
	return nil, nil
}

// over is old with what p names.
func over(p, old lime.Presence) lime.Presence {
	if p.Status != "" {
		old.Status = p.Status
	}
	if p.Message != "" {
		old.Message = p.Message
	}
	if p.RoutingRule != "" {
		old.RoutingRule = p.RoutingRule
	}
	if p.Priority != 0 {
		old.Priority = p.Priority
	}
	old.RoundRobin = old.RoundRobin || p.RoundRobin
	old.Echo = old.Echo || p.Echo
	return old
}

// maxListed is how many events or media types a session may name.
const maxListed = 64

func setReceipt(_ context.Context, r *Request) (lime.Document, error) {
	if err := r.own(); err != nil {
		return nil, err
	}
	receipt, err := lime.As[lime.Receipt](r.Resource)
	if err != nil {
		return nil, err
	}
	if len(receipt.Events) > maxListed {
		return nil, lime.Errorf(lime.InvalidArgument, "too many events")
	}
	r.Channel.mu.Lock()
	defer r.Channel.mu.Unlock()
	r.Channel.receipt = receipt
	return nil, nil
}

func setCapability(_ context.Context, r *Request) (lime.Document, error) {
	if err := r.own(); err != nil {
		return nil, err
	}
	capability, err := lime.As[lime.Capability](r.Resource)
	if err != nil {
		return nil, err
	}
	if len(capability.ContentTypes)+len(capability.ResourceTypes) > maxListed {
		return nil, lime.Errorf(lime.InvalidArgument, "too many types")
	}
	r.Channel.mu.Lock()
	defer r.Channel.mu.Unlock()
	if r.Method == lime.Merge {
		old := r.Channel.capability
		capability.ContentTypes = union(old.ContentTypes, capability.ContentTypes)
		capability.ResourceTypes = union(old.ResourceTypes, capability.ResourceTypes)
	}
	r.Channel.capability = capability
	return nil, nil
}
