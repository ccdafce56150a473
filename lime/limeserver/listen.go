package limeserver

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/lime/internal/transport"
)

// ListenTCP takes connections from l until ctx is done, and waits for their
// sessions to be over. With s.TLS, they may upgrade to TLS.
func (s *Server) ListenTCP(ctx context.Context, l net.Listener) error {
	return s.listen(ctx, l, func(ctx context.Context, c net.Conn) error {
		return s.Accept(ctx, transport.NewTCP(c, true, s.TLS))
	})
}

// ListenTLS takes connections that begin with the TLS handshake.
func (s *Server) ListenTLS(ctx context.Context, l net.Listener) error {
	if s.TLS == nil {
		return errors.New("lime: no certificate to listen with")
	}
	return s.listen(ctx, l, func(ctx context.Context, c net.Conn) error {
		return s.Accept(ctx, transport.NewTCP(tls.Server(c, s.TLS), true, nil))
	})
}

func (s *Server) listen(ctx context.Context, l net.Listener, accept func(context.Context, net.Conn) error) error {
	s.start()
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = l.Close() })()
	for {
		c, err := l.Accept()
		var again net.Error
		switch {
		case ctx.Err() != nil || errors.Is(err, net.ErrClosed):
			if err == nil {
				_ = c.Close()
			}
			return ctx.Err()
		case errors.As(err, &again) && again.Timeout(), err != nil && ctx.Err() == nil:
			s.Log.Warn("lime: a connection was not accepted", "err", err) // as a rule, too many open files
			select {
			case <-time.After(100 * time.Millisecond):
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		all.Go(func() {
			if err := accept(ctx, c); err != nil {
				s.Log.Debug("lime: a connection ended", "remote", transport.Host(c.RemoteAddr()), "err", err)
			}
			_ = c.Close()
		})
	}
}

// ServeHTTP makes the server an http.Handler that takes WebSockets, on any
// path. Sessions outlive the request's server: end them with Shutdown.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.start()
	from := s.remote(r)
	t, err := transport.AcceptWS(w, r, s.Origins, from)
	if err != nil {
		s.Log.Debug("lime: no WebSocket", "remote", from, "err", err)
		return
	}
	defer t.Abort()
	// The request's context ends with the handler of a hijacked connection.
	if err := s.Accept(context.WithoutCancel(r.Context()), t); err != nil {
		s.Log.Debug("lime: a connection ended", "remote", from, "err", err)
	}
}

// remote is the IP address of a request's client.
func (s *Server) remote(r *http.Request) string {
	if s.Client != nil {
		return s.Client(r)
	}
	h, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return h
}
