// Package limeclient makes sessions with a LIME server (limeprotocol.org).
//
// A [Dialer] connects over TCP, TLS or WebSocket, or uses a transport that there is, and
// logs in; what it returns is a [Channel]. [Channel.Do] asks for a resource and waits for
// the answer, [Channel.Send] sends a message. What the server sends unasked goes to a
// [Mux]: messages, notifications of what became of ours, and what changed of a resource
// that was subscribed to. A [Client] keeps a session: when one is lost it makes another,
// as a bot needs that runs for weeks.
//
// What a server answers is an error only as a *[lime.Reason]; all other errors are of the
// connection, and say nothing about whether the server did what was asked.
package limeclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/internal/channel"
	"github.com/bitcoim/bitcoim/lime/internal/handshake"
)

// Dialer makes sessions with a server. Its zero value is a guest who handles
// nothing.
type Dialer struct {
	// Node is who we are. Without an instance the server chooses one.
	Node lime.Node
	// Authentication is how we prove it; a guest if it has no scheme.
	Authentication lime.Authentication
	// Answer answers a server that asks back; nil answers nobody.
	Answer func(ctx context.Context, challenge lime.Authentication) (lime.Authentication, error)
	// Mux takes what the server sends unasked: messages, notifications, observe
	// and other commands.
	Mux *Mux
	// Receipts tells senders of messages that they were received, and consumed
	// or failed.
	Receipts bool

	// Encryption is what must be. Empty is TLS where the server offers it.
	Encryption lime.Encryption
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
// *[lime.Reason] if the server said so. The session lives until it is finished,
// whatever becomes of ctx: wait for its Done.
func (d *Dialer) Establish(ctx context.Context, t lime.Transport) (*Channel, error) {
	limits := d.Limits.orDefault()
	log := d.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithTimeout(ctx, limits.Establish)
	defer cancel()
	t.Limit(limits.Envelope)
	h := &handshake.Handshake{Transport: t, Write: limits.Write, TLS: limits.Handshake}
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
	c := &Channel{}
	c.end = channel.New(t, &incoming{c, mux, d.Receipts, log}, channel.Config{
		ID: established.ID, Local: established.To, Remote: established.From, Limits: limits.session(), Log: log,
	})
	go c.end.Run()
	return c, nil
}

// enter goes through the states until the session is established.
func (d *Dialer) enter(ctx context.Context, h *handshake.Handshake) (*lime.Session, error) {
	if err := h.Shake(ctx); err != nil {
		return nil, err
	}
	if err := h.Send(ctx, &lime.Session{State: lime.StateNew}); err != nil {
		return nil, err
	}
	rounds := 0
	for {
		s, err := h.Read()
		if err != nil {
			return nil, err
		}
		h.ID = s.ID
		switch s.State {
		case lime.StateNegotiating:
			err = d.negotiate(ctx, h, s)
		case lime.StateAuthenticating:
			if rounds++; rounds > handshake.MaxRounds {
				return nil, errors.New("lime: the server asks for ever")
			}
			err = d.authenticate(ctx, h, s, rounds > 1)
		case lime.StateEstablished:
			return s, nil
		case lime.StateFailed:
			return nil, refused(s)
		default:
			err = fmt.Errorf("lime: the server sent a session that is %s", s.State)
		}
		if err != nil {
			return nil, err
		}
	}
}

func refused(s *lime.Session) error {
	if s.Reason == nil {
		return lime.Errorf(lime.General, "the server refused the session, and does not say why")
	}
	return s.Reason
}

// negotiate chooses, hears what was agreed, and switches.
func (d *Dialer) negotiate(ctx context.Context, h *handshake.Handshake, offer *lime.Session) error {
	if len(offer.EncryptionOptions) == 0 {
		return errors.New("lime: the server agrees on what was not asked")
	}
	want := d.Encryption
	if want == "" {
		want = lime.NoEncryption
		if slices.Contains(offer.EncryptionOptions, lime.TLS) && slices.Contains(h.Transport.Options(), lime.TLS) {
			want = lime.TLS
		}
	}
	choice := &lime.Session{Header: lime.Header{ID: offer.ID}, State: lime.StateNegotiating, Encryption: want, Compression: lime.NoCompression}
	if err := h.Send(ctx, choice); err != nil {
		return err
	}
	agreed, err := h.Read()
	switch {
	case err != nil:
		return err
	case agreed.State == lime.StateFailed:
		return refused(agreed)
	case agreed.State != lime.StateNegotiating || agreed.Encryption != want:
		return errors.New("lime: the server agrees on what was not chosen")
	}
	return h.Encrypt(ctx, want)
}

func (d *Dialer) authenticate(ctx context.Context, h *handshake.Handshake, question *lime.Session, asked bool) (err error) {
	i := h.Transport.Info()
	if d.Encryption != "" && d.Encryption != i.Encryption {
		return fmt.Errorf("lime: the connection has not the encryption %s", d.Encryption)
	}
	a := d.Authentication
	if a.Scheme == "" {
		a.Scheme = lime.SchemeGuest
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
	return h.Send(ctx, &lime.Session{Header: lime.Header{ID: question.ID, From: d.Node}, State: lime.StateAuthenticating, Scheme: a.Scheme, Authentication: &a})
}
