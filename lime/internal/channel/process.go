package channel

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/lime"
)

// Process sends a request and waits for its response, until ctx is done. A
// request without an id gets one. A failure is returned with its *[Reason] as
// the error. The id is free again when Process returns.
//
// A handler that asks its own peer needs a ctx that ends: while too many
// requests of the peer wait for handlers, its responses wait behind them.
func (c *Channel) Process(ctx context.Context, r *lime.Command) (*lime.Command, error) {
	request := *r
	if request.ID == "" {
		request.ID = lime.NewID()
	}
	if request.Method == lime.Observe || request.IsResponse() {
		return nil, fmt.Errorf("lime: %s has no response to wait for", request.Method)
	}
	answer := make(chan *lime.Command, 1)
	c.mu.Lock()
	if c.waiting[request.ID] != nil {
		c.mu.Unlock()
		return nil, lime.Errorf(lime.InvalidArgument, "a command with this id is under way")
	}
	c.waiting[request.ID] = answer
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.waiting, request.ID)
		c.mu.Unlock()
	}()
	if err := c.Send(ctx, &request); err != nil {
		return nil, err
	}
	select {
	case got := <-answer:
		return outcome(got)
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-c.over:
	}
	select { // it may have come before the end
	case got := <-answer:
		return outcome(got)
	default:
	}
	if err := c.Err(); err != nil {
		return nil, fmt.Errorf("lime: no response: %w", err)
	}
	return nil, lime.ErrClosed
}

func outcome(c *lime.Command) (*lime.Command, error) {
	if c.Status != lime.Failure {
		return c, nil
	}
	if c.Reason == nil {
		return c, lime.Errorf(lime.General, "the command failed, and nobody says why")
	}
	return c, c.Reason
}

// settle gives a response to whoever waits for it. False means that it is for
// another node.
func (c *Channel) settle(r *lime.Command) bool {
	if c.Server && !r.To.IsZero() && !r.To.Equal(c.Local) && !r.To.Identity.Equal(c.Local.Identity) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if answer := c.waiting[r.ID]; answer != nil {
		delete(c.waiting, r.ID)
		answer <- r // has room, and only one is let in
	}
	return true // too late, or an answer to our ping
}

// Do sends a request and returns the resource of its response.
func (c *Channel) Do(ctx context.Context, m lime.Method, uri lime.URI, resource lime.Document) (lime.Document, error) {
	got, err := c.Process(ctx, &lime.Command{Method: m, URI: uri, Resource: resource})
	if err != nil {
		return nil, err
	}
	return got.Resource, nil
}

// Notify tells the sender of a message what became of it, if the message has an id;
// reason is that of a failure.
func (c *Channel) Notify(ctx context.Context, m *lime.Message, e lime.Event, reason *lime.Reason) error {
	if m.ID == "" {
		return nil
	}
	return c.Send(ctx, &lime.Notification{Header: c.answer(&m.Header), Event: e, Reason: reason})
}

// respond answers a request; observe has no response.
func (c *Channel) respond(ctx context.Context, r *lime.Command, resource lime.Document, reason *lime.Reason) error {
	if r.ID == "" || r.Method == lime.Observe {
		return nil
	}
	answer := &lime.Command{Header: c.answer(&r.Header), Method: r.Method, Status: lime.Success, Resource: resource}
	if reason != nil {
		answer.Status, answer.Reason, answer.Resource = lime.Failure, reason, nil
	}
	err := c.Send(ctx, answer)
	if err != nil && resource != nil { // it may be the document that cannot be written
		answer.Status, answer.Reason, answer.Resource = lime.Failure, lime.Errorf(lime.Processing, "the answer could not be written"), nil
		return c.Send(ctx, answer)
	}
	return err
}

// Reply is the response to a request that was begun, whose id is free again.
func (c *Channel) Reply(ctx context.Context, r *lime.Command, resource lime.Document, err error) {
	c.Free(r.ID)
	var reason *lime.Reason
	if err != nil {
		reason = lime.ReasonOf(err, lime.Processing)
	}
	if err := c.respond(ctx, r, resource, reason); err != nil && ctx.Err() == nil {
		c.Log.Warn("lime: a response was not sent", "to", c.Remote.String(), "err", err)
	}
}

// answer is the header of what answers h. From is whom h was for, so that a
// contact answers in its own name.
func (c *Channel) answer(h *lime.Header) lime.Header {
	a := lime.Header{ID: h.ID, To: h.Sender()}
	if c.Server && !h.To.IsZero() && h.To.Name != "" {
		a.From = h.To.In(c.Local.Domain)
	}
	return a
}
