package lime

import (
	"context"
	"errors"
	"slices"
)

// establish is the server's part until a session is established. A client that
// cannot be let in is told why, and the transport is closed.
func (s *Server) establish(ctx context.Context, t Transport) (*Channel, error) {
	ctx, cancel := context.WithTimeout(ctx, s.limits.Establish)
	defer cancel()
	t.Limit(s.limits.EnvelopeBefore)
	h := &handshake{transport: t, limits: s.limits}
	c, err := s.letIn(ctx, h)
	if err == nil {
		return c, nil
	}
	var reason *Reason
	switch {
	case errors.As(err, &reason):
	case errors.Is(err, ErrTooLong), errors.Is(err, ErrNotJSON), errors.Is(err, errNotText):
		reason = Errorf(Validation, "%v", err)
	default:
		t.Abort() // the connection is lost
		return nil, err
	}
	if h.refuse(reason) != nil {
		t.Abort()
		return nil, err
	}
	_ = t.Close(err)
	return nil, err
}

func (s *Server) letIn(ctx context.Context, h *handshake) (*Channel, error) {
	if err := h.shake(ctx); err != nil {
		return nil, err
	}
	first, err := h.receive(ctx)
	if err != nil {
		return nil, err
	}
	if first.State != StateNew {
		return nil, Errorf(InvalidAction, "a session begins as new")
	}
	h.id = NewID() // the client's id, if it sent one, means nothing
	if err := s.negotiate(ctx, h); err != nil {
		return nil, err
	}
	c := newChannel(h.transport, s, s.limits, s.Log)
	c.id, c.local, c.server = h.id, s.Node, true
	if err := s.authenticate(ctx, h, c); err != nil {
		return nil, err
	}
	old, err := s.sessions.add(c, s.limits.Sessions)
	if err != nil {
		return nil, err
	}
	if old != nil {
		s.Log.Info("lime: a session was replaced", "node", c.remote.String(), "old", old.id, "new", c.id)
		old.end(nil, old.session(StateFinished, nil))
	}
	h.transport.Limit(s.limits.Envelope)
	if err := h.send(ctx, c.session(StateEstablished, nil)); err != nil {
		s.sessions.remove(c)
		return nil, err
	}
	return c, nil
}

// negotiate agrees on the encryption, if there is anything to agree on: where
// there is one option and it is in use already, the phase is skipped, as some
// clients do not survive it on a WebSocket.
func (s *Server) negotiate(ctx context.Context, h *handshake) error {
	now := h.transport.Info()
	options := h.transport.Options()
	if s.RequireTLS && len(options) > 1 {
		options = []Encryption{TLS}
	}
	if s.RequireTLS && !slices.Contains(options, TLS) && (now.Kind == "tcp" || !now.Secure()) {
		return Errorf(NegotiationInvalid, "this server wants an encrypted connection")
	}
	if len(options) == 1 && options[0] == now.Encryption {
		return nil
	}
	none := []Compression{NoCompression}
	offer := &Session{Header: Header{ID: h.id, From: s.Node}, State: StateNegotiating, EncryptionOptions: options, CompressionOptions: none}
	choice, err := h.ask(ctx, offer)
	if err != nil {
		return err
	}
	if !slices.Contains(options, choice.Encryption) || choice.Compression != NoCompression && choice.Compression != "" {
		return Errorf(NegotiationInvalid, "this was not on offer")
	}
	agreed := &Session{Header: Header{ID: h.id, From: s.Node}, State: StateNegotiating, Encryption: choice.Encryption, Compression: NoCompression}
	if err := h.send(ctx, agreed); err != nil {
		return err
	}
	return h.encrypt(ctx, choice.Encryption)
}

// ask sends a session envelope and reads the answer, of the same state and id.
func (h *handshake) ask(ctx context.Context, question *Session) (*Session, error) {
	if err := h.send(ctx, question); err != nil {
		return nil, err
	}
	answer, err := h.receive(ctx)
	switch {
	case err != nil:
		return nil, err
	case answer.ID != h.id:
		return nil, Errorf(SessionError, "Invalid session id")
	case answer.State != question.State:
		return nil, Errorf(InvalidAction, "the session is %s", question.State)
	}
	return answer, nil
}

// maxRounds is how often an authenticator may ask back.
const maxRounds = 8

// authenticate finds out who is there, and gives the channel its node.
func (s *Server) authenticate(ctx context.Context, h *handshake, c *Channel) error {
	c.info = h.transport.Info()
	options := s.schemes(c.info)
	question := &Session{Header: Header{ID: h.id, From: s.Node}, State: StateAuthenticating, SchemeOptions: options}
	for round := range maxRounds {
		answer, err := h.ask(ctx, question)
		if err != nil {
			return err
		}
		l := Login{Node: answer.From.In(s.Domain), Scheme: answer.Scheme, Round: round, Session: h.id, Info: c.info}
		if answer.Authentication != nil {
			l.Authentication = *answer.Authentication
		}
		g, err := s.check(ctx, l, options)
		if err != nil {
			return err
		}
		if g.Challenge == nil {
			return s.register(ctx, c, l, g)
		}
		question.Scheme, question.Authentication = l.Scheme, g.Challenge
	}
	return Errorf(AuthenticationFailed, "the authentication takes too long")
}

// schemes are those on offer, in a fixed order.
func (s *Server) schemes(i Info) (all []Scheme) {
	for _, scheme := range schemes {
		secret := scheme == SchemePlain || scheme == SchemeKey || scheme == SchemeExternal
		switch {
		case s.Authenticators[scheme] == nil:
		case secret && !i.Secure() && !s.AllowPlainSecrets:
		case scheme == SchemeTransport && i.Certificate == nil:
		default:
			all = append(all, scheme)
		}
	}
	return all
}

// register gives the channel its node, role and principal.
func (s *Server) register(ctx context.Context, c *Channel, l Login, g Grant) error {
	node := Node{l.Node.Identity, l.Node.Instance}
	if !g.Identity.IsZero() {
		node.Identity = g.Identity
	}
	if node.Name == "" || !sameFold(node.Domain, s.Domain) && g.Role < RootAuthority {
		return Errorf(InvalidIdentity, "an identity of %s is wanted", s.Domain)
	}
	if node.Instance == "" {
		node.Instance = NewID()[:12]
	}
	if s.Register != nil {
		var err error
		if node, err = s.Register(ctx, node, g); err != nil {
			return ReasonOf(err, RegistrationError)
		}
	}
	c.remote, c.role, c.principal = node, g.Role, g.Principal
	c.throughput = newThroughput(s.limits.Throughput)
	return nil
}
