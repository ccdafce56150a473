package lime

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"slices"
)

// Dialer makes sessions with a server. Its zero value is a guest who handles
// nothing.
type Dialer struct {
	// Node is who we are. Without an instance the server chooses one.
	Node Node
	// Authentication is how we prove it; a guest if it has no scheme.
	Authentication Authentication
	// Answer answers a server that asks back; nil answers nobody.
	Answer func(ctx context.Context, challenge Authentication) (Authentication, error)
	// Mux takes what the server sends unasked: messages, notifications, observe
	// and other commands.
	Mux *Mux
	// Receipts tells senders of messages that they were received, and consumed
	// or failed.
	Receipts bool

	// Encryption is what must be. Empty is TLS where the server offers it.
	Encryption Encryption
	// AllowPlainSecrets sends secrets also where others can read them.
	AllowPlainSecrets bool
	// TLS is used for tls, wss and upgrades; nil is the usual.
	TLS *tls.Config
	// Resolver finds the server of a domain; nil is the system's.
	Resolver Resolver

	Limits Limits
	Log    *slog.Logger
}

// Establish makes a session on a transport that is connected. An error is a
// *[Reason] if the server said so. The session lives until it is finished,
// whatever becomes of ctx: wait for its Done.
func (d *Dialer) Establish(ctx context.Context, t Transport) (*Channel, error) {
	limits := d.Limits.orDefault()
	log := d.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithTimeout(ctx, limits.Establish)
	defer cancel()
	t.Limit(limits.Envelope)
	h := &handshake{transport: t, limits: limits}
	// A client has nobody to tell why it leaves.
	defer context.AfterFunc(ctx, t.Abort)()
	established, err := d.enter(ctx, h)
	if err == nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		t.Abort()
		if ctx.Err() != nil {
			return nil, fmt.Errorf("lime: no session: %w", ctx.Err())
		}
		return nil, err
	}
	mux := d.Mux
	if mux == nil {
		mux = NewMux()
	}
	c := newChannel(t, &client{mux: mux, receipts: d.Receipts, log: log}, limits, log)
	c.id, c.local, c.remote = established.ID, established.To, established.From
	go c.run()
	return c, nil
}

// enter goes through the states until the session is established.
func (d *Dialer) enter(ctx context.Context, h *handshake) (*Session, error) {
	if err := h.shake(ctx); err != nil {
		return nil, err
	}
	if err := h.send(ctx, &Session{State: StateNew}); err != nil {
		return nil, err
	}
	rounds := 0
	for {
		s, err := h.read()
		if err != nil {
			return nil, err
		}
		h.id = s.ID
		switch s.State {
		case StateNegotiating:
			err = d.negotiate(ctx, h, s)
		case StateAuthenticating:
			if rounds++; rounds > maxRounds {
				return nil, errors.New("lime: the server asks for ever")
			}
			err = d.authenticate(ctx, h, s, rounds > 1)
		case StateEstablished:
			return s, nil
		case StateFailed:
			return nil, refused(s)
		default:
			err = fmt.Errorf("lime: the server sent a session that is %s", s.State)
		}
		if err != nil {
			return nil, err
		}
	}
}

func refused(s *Session) error {
	if s.Reason == nil {
		return Errorf(General, "the server refused the session, and does not say why")
	}
	return s.Reason
}

// negotiate chooses, hears what was agreed, and switches.
func (d *Dialer) negotiate(ctx context.Context, h *handshake, offer *Session) error {
	if len(offer.EncryptionOptions) == 0 {
		return errors.New("lime: the server agrees on what was not asked")
	}
	want := d.Encryption
	if want == "" {
		want = NoEncryption
		if slices.Contains(offer.EncryptionOptions, TLS) && slices.Contains(h.transport.Options(), TLS) {
			want = TLS
		}
	}
	choice := &Session{Header: Header{ID: offer.ID}, State: StateNegotiating, Encryption: want, Compression: NoCompression}
	if err := h.send(ctx, choice); err != nil {
		return err
	}
	agreed, err := h.read()
	switch {
	case err != nil:
		return err
	case agreed.State == StateFailed:
		return refused(agreed)
	case agreed.State != StateNegotiating || agreed.Encryption != want:
		return errors.New("lime: the server agrees on what was not chosen")
	}
	return h.encrypt(ctx, want)
}

func (d *Dialer) authenticate(ctx context.Context, h *handshake, question *Session, asked bool) (err error) {
	i := h.transport.Info()
	if d.Encryption != "" && d.Encryption != i.Encryption {
		return fmt.Errorf("lime: the connection has not the encryption %s", d.Encryption)
	}
	a := d.Authentication
	if a.Scheme == "" {
		a.Scheme = SchemeGuest
	}
	if asked && question.Authentication != nil {
		if d.Answer == nil {
			return errors.New("lime: the server asks back, and there is no answer")
		}
		if a, err = d.Answer(ctx, *question.Authentication); err != nil {
			return err
		}
		a.Scheme = d.Authentication.Scheme
	}
	secret := a.Password != "" || a.Key != "" || a.Token != ""
	if secret && !i.Secure() && !d.AllowPlainSecrets {
		return errors.New("lime: others could read the secret: the connection is not encrypted")
	}
	return h.send(ctx, &Session{Header: Header{ID: question.ID, From: d.Node}, State: StateAuthenticating, Scheme: a.Scheme, Authentication: &a})
}
