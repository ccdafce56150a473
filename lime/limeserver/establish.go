package limeserver

import (
	"context"
	"errors"
	"slices"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/internal/channel"
	"github.com/bitcoim/bitcoim/lime/internal/handshake"
	"github.com/bitcoim/bitcoim/lime/internal/transport"
)

// establish is the server's part until a session is established. A client that
// cannot be let in is told why, and the transport is closed.
func (s *Server) establish(ctx context.Context, t lime.Transport) (*Channel, error) {
	ctx, cancel := context.WithTimeout(ctx, s.limits.Establish)
	defer cancel()
	t.Limit(s.limits.EnvelopeBefore)
	h := &handshake.Handshake{Transport: t, Write: s.limits.Write, TLS: s.limits.Handshake}
	c, err := s.letIn(ctx, h)
	if err == nil {
		return c, nil
	}
	var reason *lime.Reason
	switch {
	case errors.As(err, &reason):
	case errors.Is(err, lime.ErrTooLong), errors.Is(err, lime.ErrNotJSON), errors.Is(err, transport.ErrNotText):
		reason = lime.Errorf(lime.Validation, "%v", err)
	default:
		t.Abort() // the connection is lost
		return nil, err
	}
	if h.Refuse(reason) != nil {
		t.Abort()
		return nil, err
	}
	_ = t.Close(err)
	return nil, err
}

func (s *Server) letIn(ctx context.Context, h *handshake.Handshake) (*Channel, error) {
	if err := h.Shake(ctx); err != nil {
		return nil, err
	}
	first, err := h.Receive(ctx)
	if err != nil {
		return nil, err
	}
	if first.State != lime.StateNew {
		return nil, lime.Errorf(lime.InvalidAction, "a session begins as new")
	}
	h.ID = lime.NewID() // the client's id, if it sent one, means nothing
	if err := s.negotiate(ctx, h); err != nil {
		return nil, err
	}
	w, err := s.authenticate(ctx, h)
	if err != nil {
		return nil, err
	}
	c := &Channel{server: s, role: w.Role, principal: w.Principal, subs: map[subscription]bool{}}
	c.end = channel.New(h.Transport, &incoming{s, c}, channel.Config{
		ID: h.ID, Local: s.Node, Remote: w.node, Server: true, Limits: s.limits.session(), Log: s.Log,
	})
	old, err := s.sessions.add(c, s.limits.Sessions)
	if err != nil {
		return nil, err
	}
	if old != nil {
		s.Log.Info("lime: a session was replaced", "node", c.end.Remote.String(), "old", old.ID(), "new", c.ID())
		old.end.Close()
	}
	h.Transport.Limit(s.limits.Envelope)
	if err := h.Send(ctx, &lime.Session{Header: lime.Header{ID: h.ID, From: s.Node, To: w.node}, State: lime.StateEstablished}); err != nil {
		s.sessions.remove(c)
		return nil, err
	}
	return c, nil
}

// negotiate agrees on the encryption, if there is anything to agree on: where
// there is one option and it is in use already, the phase is skipped, as some
// clients do not survive it on a WebSocket.
func (s *Server) negotiate(ctx context.Context, h *handshake.Handshake) error {
	now := h.Transport.Info()
	options := h.Transport.Options()
	if s.RequireTLS && len(options) > 1 {
		options = []lime.Encryption{lime.TLS}
	}
	if s.RequireTLS && !slices.Contains(options, lime.TLS) && (now.Kind == "tcp" || !now.Secure()) {
		return lime.Errorf(lime.NegotiationInvalid, "this server wants an encrypted connection")
	}
	if len(options) == 1 && options[0] == now.Encryption {
		return nil
	}
	none := []lime.Compression{lime.NoCompression}
	offer := &lime.Session{Header: lime.Header{ID: h.ID, From: s.Node}, State: lime.StateNegotiating, EncryptionOptions: options, CompressionOptions: none}
	choice, err := ask(ctx, h, offer)
	if err != nil {
		return err
	}
	if !slices.Contains(options, choice.Encryption) || choice.Compression != lime.NoCompression && choice.Compression != "" {
		return lime.Errorf(lime.NegotiationInvalid, "this was not on offer")
	}
	agreed := &lime.Session{Header: lime.Header{ID: h.ID, From: s.Node}, State: lime.StateNegotiating, Encryption: choice.Encryption, Compression: lime.NoCompression}
	if err := h.Send(ctx, agreed); err != nil {
		return err
	}
	return h.Encrypt(ctx, choice.Encryption)
}

// ask sends a session envelope and reads the answer, of the same state and id.
func ask(ctx context.Context, h *handshake.Handshake, question *lime.Session) (*lime.Session, error) {
	if err := h.Send(ctx, question); err != nil {
		return nil, err
	}
	answer, err := h.Receive(ctx)
	switch {
	case err != nil:
		return nil, err
	case answer.ID != h.ID:
		return nil, lime.Errorf(lime.SessionError, "Invalid session id")
	case answer.State != question.State:
		return nil, lime.Errorf(lime.InvalidAction, "the session is %s", question.State)
	}
	return answer, nil
}
