// Package xmppserver is what the XMPP servers of the sandbox have in common:
// their names, their ports and their life. Packages prosody and ejabberd say
// how each is configured and run.
package xmppserver

import (
	"context"
	"errors"
	"net"
	"syscall"

	"github.com/bitcoim/bitcoim/internal/sandbox/child"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
)

// Options say what the server is called. What is empty gets a default.
type Options struct {
	Domain    string // of the users: localhost
	Component string // of the gateway: bitcoin.localhost
	Guest     string // of a second component, whose users are not the server's: guest.localhost
	Secret    string // of both: secret
}

// Filled puts the defaults in.
func (o Options) Filled() Options {
	if o.Domain == "" {
		o.Domain = "localhost"
	}
	if o.Component == "" {
		o.Component = "bitcoin." + o.Domain
	}
	if o.Guest == "" {
		o.Guest = "guest." + o.Domain
	}
	if o.Secret == "" {
		o.Secret = "secret"
	}
	return o
}

// Server is a running server. Users connect without TLS.
type Server struct {
	Options
	Kind          string // "prosody" or "ejabberd"
	C2S           string // host:port for users
	ComponentAddr string // host:port for the component (XEP-0114)
	GuestAddr     string // host:port for the second component

	command child.Command
	process *child.Process
}

// Start runs the command and waits until both ports answer. The context
// bounds the start; the server runs until Stop.
func Start(ctx context.Context, s *Server, command child.Command) (*Server, error) {
	s.command = command
	return s, s.start(ctx)
}

func (s *Server) start(ctx context.Context) error {
	var err error
	if s.process, err = child.Start(s.command); err != nil {
		return err
	}
	err = s.process.Ready(ctx, func(ctx context.Context) error {
		for _, addr := range []string{s.C2S, s.ComponentAddr} {
			var d net.Dialer
			conn, err := d.DialContext(ctx, "tcp", addr)
			if err != nil {
				return err
			}
			conn.Close()
		}
		return nil
	})
	if err != nil {
		s.process.Kill()
	}
	return err
}

// Register makes an account.
func (s *Server) Register(ctx context.Context, user, password string) error {
	return xmppclient.Register(ctx, s.C2S, s.Domain, user, password)
}

// Dial registers the user with the password "secret" if need be, and logs in
// as a client that accepts all subscription requests.
func (s *Server) Dial(ctx context.Context, user, resource string) (*xmppclient.Client, error) {
	const password = "secret"
	if err := s.Register(ctx, user, password); err != nil && !taken(err) {
		return nil, err
	}
	c, err := xmppclient.Dial(ctx, s.C2S, user+"@"+s.Domain, password, resource)
	if err != nil {
		return nil, err
	}
	c.AcceptAll()
	return c, nil
}

func taken(err error) bool {
	var refused *xmppclient.IQError
	return errors.As(err, &refused) && refused.Condition() == "conflict"
}

// Pause freezes the server: connections stay open and nothing answers.
func (s *Server) Pause() error { return s.process.Pause() }

// Resume lets a paused server go on.
func (s *Server) Resume() error { return s.process.Resume() }

// Kill ends the server at once. Clients see a connection that breaks.
func (s *Server) Kill() error { return s.process.Kill() }

// Stop ends the server. It says goodbye to its clients.
func (s *Server) Stop() error { return s.process.Stop(syscall.SIGTERM) }

// Restart stops the server if it runs, and runs it again on the same ports
// with the same accounts.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Stop(); err != nil {
		return err
	}
	return s.start(ctx)
}
