//go:build !js

package moneysocket

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// ServeHTTP takes in websockets, on any path and from pages of any origin:
// apps live on other sites, and it is the seed that protects a link. Behind a
// proxy the request's RemoteAddr must have been set to the client's, or all
// clients share the limit of one address.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	address, _, err := net.SplitHostPort(req.RemoteAddr)
	if err != nil {
		address = req.RemoteAddr
	}
	if err := r.admit(address); err != nil {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	defer r.leave(address)
	ws, err := websocket.Accept(w, req, &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return
	}
	s := newSocket(r.ctx, ws, r.limits)
	defer s.drop()
	r.serve(s, req.RemoteAddr)
}

// Serve takes in websockets from a listener until ctx ends, then closes the
// listener and the relay and returns the context's error. TLS is the
// listener's affair.
func (r *Relay) Serve(ctx context.Context, l net.Listener) error {
	r.init()
	defer r.Close()
	server := &http.Server{Handler: r, ReadHeaderTimeout: r.limits.First, MaxHeaderBytes: 8 << 10, IdleTimeout: time.Second,
		ErrorLog: slog.NewLogLogger(r.log.Handler(), slog.LevelDebug)}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	err := server.Close()
	<-failed
	return errors.Join(ctx.Err(), err)
}
