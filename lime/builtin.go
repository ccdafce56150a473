package lime

import "context"

// builtin answers what every server answers, unless the server's own Mux does.
var builtin = builtIn()

func builtIn() *Mux {
	m := NewMux()
	m.Handle(Get, string(PingURI), func(context.Context, *Request) (Document, error) { return Ping{}, nil }, ForGuests(), ForAnybody())
	m.Handle(Get, "/presence", func(_ context.Context, r *Request) (Document, error) { return r.Channel.Presence(), nil }, ForGuests())
	m.Handle(Set, "/presence", setPresence, ForGuests())
	m.Handle(Merge, "/presence", setPresence, ForGuests())
	m.Handle(Delete, "/presence", func(_ context.Context, r *Request) (Document, error) {
		r.Channel.mu.Lock()
		defer r.Channel.mu.Unlock()
		r.Channel.presence = Presence{}
		return nil, nil
	}, ForGuests())
	m.Handle(Get, "/receipt", func(_ context.Context, r *Request) (Document, error) { return r.Channel.Receipt(), nil }, ForGuests())
	m.Handle(Set, "/receipt", setReceipt, ForGuests())
	m.Handle(Merge, "/receipt", setReceipt, ForGuests())
	m.Handle(Get, "/capability", func(_ context.Context, r *Request) (Document, error) { return r.server().Capability, nil }, ForGuests(), ForAnybody())
	m.Handle(Set, "/capability", setCapability, ForGuests())
	m.Handle(Merge, "/capability", setCapability, ForGuests())
	m.Handle(Get, "/quota", func(_ context.Context, r *Request) (Document, error) { return r.server().limits.Quota(), nil }, ForGuests())
	delegate(m)
	return m
}

// server is the one that r came to.
func (r *Request) server() *Server {
	s, _ := r.Channel.side.(*Server)
	return s
}

// own refuses to change the session of somebody else.
func (r *Request) own() error {
	if !r.Owner.Equal(r.Channel.remote.Identity) {
		return Errorf(PermissionRequired, "this belongs to a session")
	}
	return nil
}

// setPresence notes a presence; whoever becomes available gets its inbox. A
// merge keeps what it does not name.
func setPresence(_ context.Context, r *Request) (Document, error) {
	if err := r.own(); err != nil {
		return nil, err
	}
	p, err := As[Presence](r.Resource)
	if err != nil {
		return nil, err
	}
	c := r.Channel
	if p.RoutingRule == RouteDomain && c.role < Authority || p.RoutingRule == RouteRootDomain && c.role < RootAuthority {
		return nil, Errorf(NotAllowed, "the session does not speak for the domain")
	}
	c.mu.Lock()
	before := c.presence
	if r.Method == Merge {
		p = p.over(before)
	}
	c.presence = p
	c.mu.Unlock()
	if p.listens() && !before.listens() {
		r.after = func() { r.server().empty(c.ctx, c) }
	}
	return nil, nil
}

// over is old with what p names.
func (p Presence) over(old Presence) Presence {
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

func setReceipt(_ context.Context, r *Request) (Document, error) {
	if err := r.own(); err != nil {
		return nil, err
	}
	receipt, err := As[Receipt](r.Resource)
	if err != nil {
		return nil, err
	}
	if len(receipt.Events) > maxListed {
		return nil, Errorf(InvalidArgument, "too many events")
	}
	r.Channel.mu.Lock()
	defer r.Channel.mu.Unlock()
	r.Channel.receipt = receipt
	return nil, nil
}

func setCapability(_ context.Context, r *Request) (Document, error) {
	if err := r.own(); err != nil {
		return nil, err
	}
	capability, err := As[Capability](r.Resource)
	if err != nil {
		return nil, err
	}
	if len(capability.ContentTypes)+len(capability.ResourceTypes) > maxListed {
		return nil, Errorf(InvalidArgument, "too many types")
	}
	r.Channel.mu.Lock()
	defer r.Channel.mu.Unlock()
	if r.Method == Merge {
		old := r.Channel.capability
		capability.ContentTypes = union(old.ContentTypes, capability.ContentTypes)
		capability.ResourceTypes = union(old.ResourceTypes, capability.ResourceTypes)
	}
	r.Channel.capability = capability
	return nil, nil
}
