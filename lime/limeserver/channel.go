package limeserver

import (
	"context"
	"slices"
	"sync"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/internal/channel"
)

// Role is what a session may do.
type Role uint8

// Roles. A visitor is a guest: only what is open to guests answers.
const (
	Unknown Role = iota
	Visitor
	Member
	Authority     // speaks for the domain
	RootAuthority // and for its subdomains
)

// Channel is the server's end of a session that is established. All methods may be
// called at the same time by many.
type Channel struct {
	end       *channel.Channel
	server    *Server
	role      Role
	principal any

	mu         sync.Mutex
	presence   lime.Presence
	receipt    lime.Receipt
	capability lime.Capability
	subs       map[subscription]bool
}

// ID is the id of the session, which the server chose.
func (c *Channel) ID() string { return c.end.ID }

// Local is the server's node.
func (c *Channel) Local() lime.Node { return c.end.Local }

// Remote is the node of the client.
func (c *Channel) Remote() lime.Node { return c.end.Remote }

// Role is what the authenticator gave.
func (c *Channel) Role() Role { return c.role }

// Principal is what the authenticator gave, see [Grant].
func (c *Channel) Principal() any { return c.principal }

// Info says how the client is connected.
func (c *Channel) Info() lime.Info { return c.end.Info() }

// Presence is what the client has set.
func (c *Channel) Presence() lime.Presence {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.presence
}

// Receipt is which notifications the client wants.
func (c *Channel) Receipt() lime.Receipt {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.receipt
}

// Capability is what the client said that it understands.
func (c *Channel) Capability() lime.Capability {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.capability
}

// Send queues an envelope, and waits while the queue is long. It returns before
// the client has it. From and to are filled in where they are zero; the envelope itself
// is not changed.
func (c *Channel) Send(ctx context.Context, e lime.Envelope) error { return c.end.Send(ctx, e) }

// Process sends a request and waits for its response, until ctx is done. A
// request without an id gets one. A failure is returned with its *[lime.Reason] as
// the error. The id is free again when Process returns.
//
// A handler that asks its own client needs a ctx that ends: while too many
// requests of the client wait for handlers, its responses wait behind them.
func (c *Channel) Process(ctx context.Context, r *lime.Command) (*lime.Command, error) {
	return c.end.Process(ctx, r)
}

// Do sends a request and returns the resource of its response, nil if it has none.
// [lime.As] reads it. Errors are those of [Channel.Process].
func (c *Channel) Do(ctx context.Context, m lime.Method, uri lime.URI, resource lime.Document) (lime.Document, error) {
	return c.end.Do(ctx, m, uri, resource)
}

// Notify tells the sender of a message what became of it, if the message has
// an id and the session wants to know that.
func (c *Channel) Notify(ctx context.Context, m *lime.Message, e lime.Event) error {
	if !wants(c.Receipt(), e) {
		return nil
	}
	return c.end.Notify(ctx, m, e, nil)
}

// Refuse tells the sender of a message that it failed, if the message has an id.
func (c *Channel) Refuse(ctx context.Context, m *lime.Message, reason *lime.Reason) error {
	return c.end.Notify(ctx, m, lime.Failed, reason)
}

// Finish ends the session and waits until it is over. When ctx ends before that, it is
// cut off, and the error is that of ctx.
func (c *Channel) Finish(ctx context.Context) error { return c.end.Finish(ctx) }

// Abort ends the session without a word.
func (c *Channel) Abort() { c.end.Abort() }

// Done is closed when the session is over and all its goroutines have ended.
func (c *Channel) Done() <-chan struct{} { return c.end.Done() }

// Err says why the session ended: nil if it has not, or was finished by one of
// both, a *[lime.Reason] if the server failed it.
func (c *Channel) Err() error { return c.end.Err() }

// wants reports whether a session is told of an event. Failed comes always.
func wants(r lime.Receipt, e lime.Event) bool {
	return e == lime.Failed || slices.Contains(r.Events, e)
}

// listens reports whether what is sent to the identity is for a session of this
// presence.
func listens(p lime.Presence) bool {
	switch p.Status {
	case lime.Available, lime.Busy, lime.Away:
		return p.RoutingRule != lime.RouteInstance
	}
	return false
}
