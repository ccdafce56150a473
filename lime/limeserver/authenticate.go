package limeserver

import (
	"context"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/internal/ascii"
	"github.com/bitcoim/bitcoim/lime/internal/handshake"
)

// welcomed is who was let in, and under which node.
type welcomed struct {
	Grant
	node lime.Node
}

// authenticate finds out who is there.
func (s *Server) authenticate(ctx context.Context, h *handshake.Handshake) (welcomed, error) {
	info := h.Transport.Info()
	options := s.offered(info)
	question := &lime.Session{Header: lime.Header{ID: h.ID, From: s.Node}, State: lime.StateAuthenticating, SchemeOptions: options}
	for round := range handshake.MaxRounds {
		answer, err := ask(ctx, h, question)
		if err != nil {
			return welcomed{}, err
		}
		l := Login{Node: answer.From.In(s.Domain), Scheme: answer.Scheme, Round: round, Session: h.ID, Info: info}
		if answer.Authentication != nil {
			l.Authentication = *answer.Authentication
		}
		g, err := s.check(ctx, l, options)
		if err != nil {
			return welcomed{}, err
		}
		if g.Challenge == nil {
			node, err := s.register(ctx, l, g)
			return welcomed{g, node}, err
		}
		question.Scheme, question.Authentication = l.Scheme, g.Challenge
	}
	return welcomed{}, lime.Errorf(lime.AuthenticationFailed, "the authentication takes too long")
}

// schemes in the order in which they are offered.
var schemes = []lime.Scheme{lime.SchemeGuest, lime.SchemePlain, lime.SchemeKey, lime.SchemeTransport, lime.SchemeExternal}

// offered are those schemes on offer, in a fixed order.
func (s *Server) offered(i lime.Info) (all []lime.Scheme) {
	for _, scheme := range schemes {
		secret := scheme == lime.SchemePlain || scheme == lime.SchemeKey || scheme == lime.SchemeExternal
		switch {
		case s.Authenticators[scheme] == nil:
		case secret && !i.Secure() && !s.AllowPlainSecrets:
		case scheme == lime.SchemeTransport && i.Certificate == nil:
		default:
			all = append(all, scheme)
		}
	}
	return all
}

// register says under which node somebody is let in.
func (s *Server) register(ctx context.Context, l Login, g Grant) (lime.Node, error) {
	node := lime.Node{Identity: l.Node.Identity, Instance: l.Node.Instance}
	if !g.Identity.IsZero() {
		node.Identity = g.Identity
	}
	if node.Name == "" || !ascii.EqualFold(node.Domain, s.Domain) && g.Role < RootAuthority {
		return lime.Node{}, lime.Errorf(lime.InvalidIdentity, "an identity of %s is wanted", s.Domain)
	}
	if node.Instance == "" {
		node.Instance = lime.NewID()[:12]
	}
	if s.Register != nil {
		var err error
		if node, err = s.Register(ctx, node, g); err != nil {
			return lime.Node{}, lime.ReasonOf(err, lime.RegistrationError)
		}
	}
	return node, nil
}
