package lime

import (
	"context"
	"errors"
	"log/slog"
)

// client is what becomes of what a server sends.
type client struct {
	mux      *Mux
	receipts bool
	log      *slog.Logger
}

// message hands a message over and tells its sender. A message that is told of
// goes to whom it came from: some address receipts wrongly.
func (s *client) message(ctx context.Context, c *Channel, m *Message) {
	if s.receipts {
		_ = c.Notify(ctx, m, Received)
	}
	err := s.mux.message(ctx, c, m)
	var reason *Reason
	switch {
	case errors.Is(err, ErrLater), ctx.Err() != nil:
		return
	case err == nil && s.receipts:
		_ = c.Notify(ctx, m, Consumed)
	case err != nil && s.receipts:
		if !errors.As(err, &reason) {
			s.log.Error("lime: a message could not be handled", "from", m.From.String(), "id", m.ID, "err", err)
		}
		_ = c.Refuse(ctx, m, ReasonOf(err, Processing))
	}
}

func (s *client) notification(ctx context.Context, c *Channel, n *Notification) {
	if s.mux.notified != nil {
		s.mux.notified(ctx, c, n)
	}
}

// response has nobody who waits for it.
func (s *client) response(context.Context, *Channel, *Command) {}

func (s *client) request(ctx context.Context, c *Channel, r *Command) {
	resource, err := s.serve(ctx, c, r)
	var reason *Reason
	if err != nil && ctx.Err() == nil && !errors.As(err, &reason) {
		s.log.Error("lime: a command could not be handled", "from", r.From.String(), "method", string(r.Method), "uri", string(r.URI), "err", err)
	}
	c.reply(ctx, r, resource, err)
}

func (s *client) serve(ctx context.Context, c *Channel, r *Command) (Document, error) {
	if r.URI == PingURI && r.Method == Get {
		return Ping{}, nil
	}
	at, err := r.URI.Parse()
	if err != nil {
		return nil, err
	}
	request := &Request{Command: r, Channel: c, Owner: at.Owner, Path: at.Path, Query: at.Query}
	if request.Owner.IsZero() {
		request.Owner = c.local.Identity
	}
	found, err := findRoute(request, s.mux)
	if err != nil {
		return nil, err
	}
	return found.handle(ctx, request)
}
