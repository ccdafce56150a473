package limeclient

import (
	"context"
	"errors"
	"log/slog"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/internal/paths"
)

// incoming is what becomes of what a server sends.
type incoming struct {
	*Channel
	mux      *Mux
	receipts bool
	log      *slog.Logger
}

// Message hands a message over and tells its sender. A message that is told of
// goes to whom it came from: some address receipts wrongly.
func (s *incoming) Message(ctx context.Context, m *lime.Message) {
	if s.receipts {
		_ = s.Notify(ctx, m, lime.Received)
	}
	err := s.mux.message(ctx, s.Channel, m)
	var reason *lime.Reason
	switch {
	case errors.Is(err, ErrLater), ctx.Err() != nil:
		return
	case err == nil && s.receipts:
		_ = s.Notify(ctx, m, lime.Consumed)
	case err != nil && s.receipts:
		if !errors.As(err, &reason) {
			s.log.Error("lime: a message could not be handled", "from", m.From.String(), "id", m.ID, "err", err)
		}
		_ = s.Refuse(ctx, m, lime.ReasonOf(err, lime.Processing))
	}
}

func (s *incoming) Notification(ctx context.Context, n *lime.Notification) {
	if s.mux.notified != nil {
		s.mux.notified(ctx, s.Channel, n)
	}
}

// Response has nobody who waits for it.
func (s *incoming) Response(context.Context, *lime.Command) {}

func (s *incoming) Request(ctx context.Context, r *lime.Command) {
	resource, err := s.serve(ctx, r)
	var reason *lime.Reason
	if err != nil && ctx.Err() == nil && !errors.As(err, &reason) {
		s.log.Error("lime: a command could not be handled", "from", r.From.String(), "method", string(r.Method), "uri", string(r.URI), "err", err)
	}
	s.end.Reply(ctx, r, resource, err)
}

func (s *incoming) serve(ctx context.Context, r *lime.Command) (lime.Document, error) {
	if r.URI == lime.PingURI && r.Method == lime.Get {
		return lime.Ping{}, nil
	}
	at, err := r.URI.Parse()
	if err != nil {
		return nil, err
	}
	request := &Request{Command: r, Channel: s.Channel, Owner: at.Owner, Path: at.Path, Query: at.Query}
	if request.Owner.IsZero() {
		request.Owner = s.end.Local.Identity
	}
	handle, vars, err := paths.Find(r.Method, request.Path, &s.mux.commands)
	if err != nil {
		return nil, err
	}
	request.vars = vars
	return handle(ctx, request)
}
