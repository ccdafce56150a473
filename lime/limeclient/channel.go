package limeclient

import (
	"context"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/internal/channel"
)

// Channel is the client's end of a session that is established. All methods may be
// called at the same time by many.
type Channel struct{ end *channel.Channel }

// ID is the id of the session, which the server chose.
func (c *Channel) ID() string { return c.end.ID }

// Local is who we are to the server.
func (c *Channel) Local() lime.Node { return c.end.Local }

// Remote is the server's node.
func (c *Channel) Remote() lime.Node { return c.end.Remote }

// Info says how the server is connected.
func (c *Channel) Info() lime.Info { return c.end.Info() }

// Send queues an envelope, and waits while the queue is long. It returns before
// the server has it.
func (c *Channel) Send(ctx context.Context, e lime.Envelope) error { return c.end.Send(ctx, e) }

// Process sends a request and waits for its response, until ctx is done. A
// request without an id gets one. A failure is returned with its *[lime.Reason] as
// the error. The id is free again when Process returns.
//
// A handler that asks the server needs a ctx that ends: while too many requests of
// the server wait for handlers, its responses wait behind them.
func (c *Channel) Process(ctx context.Context, r *lime.Command) (*lime.Command, error) {
	return c.end.Process(ctx, r)
}

// Do sends a request and returns the resource of its response, nil if it has none.
// [lime.As] reads it. Errors are those of [Channel.Process].
func (c *Channel) Do(ctx context.Context, m lime.Method, uri lime.URI, resource lime.Document) (lime.Document, error) {
	return c.end.Do(ctx, m, uri, resource)
}

// Notify tells the sender of a message what became of it, if the message has an id.
func (c *Channel) Notify(ctx context.Context, m *lime.Message, e lime.Event) error {
	return c.end.Notify(ctx, m, e, nil)
}

// Refuse tells the sender of a message that it failed, if the message has an id.
func (c *Channel) Refuse(ctx context.Context, m *lime.Message, reason *lime.Reason) error {
	return c.end.Notify(ctx, m, lime.Failed, reason)
}

// Finish asks the server to end the session, and waits until it is over. When ctx ends
// before that, the session is cut off, and the error is that of ctx.
func (c *Channel) Finish(ctx context.Context) error { return c.end.Finish(ctx) }

// Abort ends the session without a word.
func (c *Channel) Abort() { c.end.Abort() }

// Done is closed when the session is over and all its goroutines have ended.
func (c *Channel) Done() <-chan struct{} { return c.end.Done() }

// Err says why the session ended: nil if it has not, or was finished by one of
// both, a *[lime.Reason] if the server failed it.
func (c *Channel) Err() error { return c.end.Err() }
