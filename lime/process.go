package lime

import (
	"context"
	"fmt"
)

// Process sends a request and waits for its response, until ctx is done. A
// request without an id gets one. A failure is returned with its *[Reason] as
// the error. The id is free again when Process returns.
//
// A handler that asks its own peer needs a ctx that ends: while too many
// requests of the peer wait for handlers, its responses wait behind them.
func (c *Channel) Process(ctx context.Context, r *Command) (*Command, error) {
	request := *r
	if request.ID == "" {
		request.ID = NewID()
	}
	if request.Method == Observe || request.IsResponse() {
		return nil, fmt.Errorf("lime: %s has no response to wait for", request.Method)
	}
	answer := make(chan *Command, 1)
	c.mu.Lock()
	if c.waiting[request.ID] != nil {
		c.mu.Unlock()
		return nil, Errorf(InvalidArgument, "a command with this id is under way")
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
	return nil, ErrClosed
}

func outcome(c *Command) (*Command, error) {
	if c.Status != Failure {
		return c, nil
	}
	if c.Reason == nil {
		return c, Errorf(General, "the command failed, and nobody says why")
	}
	return c, c.Reason
}

// settle gives a response to whoever waits for it. False means that it is for
// another node.
func (c *Channel) settle(r *Command) bool {
	if c.server && !r.To.IsZero() && !r.To.Equal(c.local) && !r.To.Identity.Equal(c.local.Identity) {
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
func (c *Channel) Do(ctx context.Context, m Method, uri URI, resource Document) (Document, error) {
	got, err := c.Process(ctx, &Command{Method: m, URI: uri, Resource: resource})
	if err != nil {
		return nil, err
	}
	return got.Resource, nil
}

// Notify tells the sender of a message what became of it, if the message has
// an id. At a server, only what the session wants to know is sent.
func (c *Channel) Notify(ctx context.Context, m *Message, e Event) error {
	return c.notify(ctx, m, e, nil)
}

// Refuse tells the sender of a message that it failed.
func (c *Channel) Refuse(ctx context.Context, m *Message, reason *Reason) error {
	return c.notify(ctx, m, Failed, reason)
}

func (c *Channel) notify(ctx context.Context, m *Message, e Event, reason *Reason) error {
	if m.ID == "" || c.server && !c.Receipt().wants(e) {
		return nil
	}
	return c.Send(ctx, &Notification{Header: c.answer(&m.Header), Event: e, Reason: reason})
}

// respond answers a request; observe has no response.
func (c *Channel) respond(ctx context.Context, r *Command, resource Document, reason *Reason) error {
	if r.ID == "" || r.Method == Observe {
		return nil
	}
	answer := &Command{Header: c.answer(&r.Header), Method: r.Method, Status: Success, Resource: resource}
	if reason != nil {
		answer.Status, answer.Reason, answer.Resource = Failure, reason, nil
	}
	err := c.Send(ctx, answer)
	if err != nil && resource != nil { // it may be the document that cannot be written
		answer.Status, answer.Reason, answer.Resource = Failure, Errorf(Processing, "the answer could not be written"), nil
		return c.Send(ctx, answer)
	}
	return err
}

// reply is the response to a request that was begun, whose id is free again.
func (c *Channel) reply(ctx context.Context, r *Command, resource Document, err error) {
	c.finish(r.ID)
	var reason *Reason
	if err != nil {
		reason = ReasonOf(err, Processing)
	}
	if err := c.respond(ctx, r, resource, reason); err != nil && ctx.Err() == nil {
		c.log.Warn("lime: a response was not sent", "to", c.remote.String(), "err", err)
	}
}

// answer is the header of what answers h. From is whom h was for, so that a
// contact answers in its own name.
func (c *Channel) answer(h *Header) Header {
	a := Header{ID: h.ID, To: h.sender()}
	if c.server && !h.To.IsZero() && h.To.Name != "" {
		a.From = h.To.In(c.local.Domain)
	}
	return a
}

// Finish ends the session and waits until it is over. A client asks the server
// to; a server just does.
func (c *Channel) Finish(ctx context.Context) error {
	if c.server {
		c.end(nil, c.session(StateFinished, nil))
	} else if err := c.Send(ctx, c.session(StateFinishing, nil)); err != nil && ctx.Err() == nil {
		<-c.done // it is over already
		return nil
	}
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
		c.Abort()
		<-c.done
		return ctx.Err()
	}
}

// Abort ends the session without a word.
func (c *Channel) Abort() {
	c.end(ErrClosed, nil)
	c.transport.Abort()
}
