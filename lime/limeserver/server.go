// Package limeserver lets nodes in over LIME (limeprotocol.org), answers what they ask
// and carries what they send to each other.
//
// A [Server] authenticates who comes over TCP, WebSocket or a [lime.Pipe] by the
// [Authenticator] of a scheme, and gives each session a [Channel]. What is addressed to
// the server goes to a [Mux]: a [CommandHandler] for each resource, a [MessageHandler]
// for each type of message. Whoever subscribed to a resource hears of it by
// [Server.Observe]. What is for somebody else goes to their sessions, or into an [Inbox],
// if [Server.Relay] lets it; [Delegations] let accounts act for others.
//
// Handlers return a *[lime.Reason] for what the client is to hear. Any other error is
// logged, and the client hears that it did not work.
package limeserver

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"os"
	"sync"

	"github.com/bitcoim/bitcoim/lime"
)

// Server lets nodes in and routes what they send. Its fields are set before it
// is used; what is nil is not offered. The zero value with a Domain, a Mux and
// an authenticator is enough.
type Server struct {
	// Domain is the part behind the at sign of all accounts.
	Domain string
	// Node is the server's own; postmaster@Domain/host if it is zero.
	Node lime.Node
	// Mux answers what is addressed to the server or to one of its contacts.
	Mux *Mux
	// Authenticators are the schemes on offer.
	Authenticators map[lime.Scheme]Authenticator
	// Register decides about the node of a session that was authenticated, and
	// may change its instance. Nil takes what the client wants.
	Register func(ctx context.Context, want lime.Node, g Grant) (lime.Node, error)
	// Directory says who is who in the domain. Without it nobody is there but
	// the server and the sessions.
	Directory Directory
	// Relay decides whether a session may send an envelope to another account;
	// nil lets none, which is code UnauthorizedSender.
	Relay func(ctx context.Context, from *Channel, to lime.Identity, e lime.Envelope) error
	// Delegations lets accounts act in the name of others; nil lets none.
	Delegations Delegations
	// Inbox keeps messages for accounts without a session; nil keeps none.
	Inbox Inbox
	// Capability is what the server understands.
	Capability lime.Capability

	// TLS is for the upgrade of TCP connections; nil has none. For the
	// transport scheme it needs ClientAuth: tls.VerifyClientCertIfGiven.
	TLS *tls.Config
	// RequireTLS refuses TCP connections that do not upgrade, and WebSockets
	// that are neither encrypted nor from this machine.
	RequireTLS bool
	// AllowPlainSecrets offers passwords, keys and tokens also to strangers on
	// connections that others can read.
	AllowPlainSecrets bool
	// Origins are the hosts of web pages that may connect, as path.Match
	// patterns; the server's own always may.
	Origins []string
	// Client says from which IP address a WebSocket comes, if a proxy stands
	// between; nil: from that of the connection.
	Client func(*http.Request) string

	Limits Limits
	Log    *slog.Logger

	once     sync.Once
	limits   Limits
	sessions sessions
	failures failures
	ctx      context.Context
	stop     context.CancelFunc
}

// start sets what is not set.
func (s *Server) start() {
	s.once.Do(func() {
		s.limits = s.Limits.orDefault()
		if s.Log == nil {
			s.Log = slog.New(slog.DiscardHandler)
		}
		if s.Mux == nil {
			s.Mux = NewMux()
		}
		if s.Node.IsZero() {
			name, err := os.Hostname()
			if err != nil {
				name = "server"
			}
			s.Node = lime.Node{Identity: lime.Identity{Name: lime.Postmaster, Domain: s.Domain}, Instance: name}
		}
		s.sessions.start()
		s.failures.allow(s.limits.Failures)
		s.ctx, s.stop = context.WithCancel(context.Background())
	})
}

// Accept runs one session on a transport, from its first envelope to its end.
// It returns why the session ended, nil if it was finished.
func (s *Server) Accept(ctx context.Context, t lime.Transport) error {
	s.start()
	if !s.sessions.enter(t.Info().Remote, s.limits) {
		t.Abort()
		return lime.Errorf(lime.QuotaExceeded, "too many connections, or the server is closing")
	}
	remote, stranger := t.Info().Remote, true
	known := func() {
		if stranger {
			stranger = false
			s.sessions.known(remote)
		}
	}
	defer s.sessions.leave()
	defer known()

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()

	c, err := s.establish(ctx, t)
	known()
	if err != nil {
		s.Log.Debug("lime: no session", "remote", remote, "transport", t.Info().Kind, "err", err)
		return err
	}
	s.Log.Info("lime: session", "node", c.end.Remote.String(), "id", c.ID(), "transport", c.Info().Kind, "remote", c.Info().Remote)
	defer context.AfterFunc(ctx, func() { c.end.Close() })()
	c.end.Run()
	s.sessions.remove(c)
	err = c.Err()
	s.Log.Info("lime: session over", "node", c.end.Remote.String(), "id", c.ID(), "err", err)
	return err
}

// Shutdown finishes all sessions and waits until they are over. If ctx ends
// first, they are cut off.
func (s *Server) Shutdown(ctx context.Context) error {
	s.start()
	gone := s.sessions.close()
	s.stop()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
	}
	for _, c := range s.sessions.all() {
		c.Abort()
	}
	<-gone
	return ctx.Err()
}

// Sessions returns the sessions of an identity.
func (s *Server) Sessions(i lime.Identity) []*Channel {
	s.start()
	return s.sessions.of(i)
}
