//go:build !js

package moneysocket

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/coder/websocket"
)

// ServeHTTP takes in websockets, on any path and from pages of any origin:
// apps live on other sites, and it is the seed that protects a link. Behind a
// proxy the request's RemoteAddr must have been set to the client's, or all
// clients share the limit of one address. It returns when the websocket is
// open; what follows is the relay's affair, and Close waits for it.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	address := household(req.RemoteAddr)
	if err := r.admit(address); err != nil {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	ws, err := websocket.Accept(small{w}, req, &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		r.leave(address)
		return
	}
	// The goroutine of net/http would keep its deep stack, and the request.
	go func() {
		defer r.leave(address)
		s := newSocket(r.ctx, ws, r.limits)
		defer s.drop()
		r.serve(s, address)
	}()
}

// small gives a websocket small buffers: nearly all messages fit, and most
// connections are idle.
type small struct{ http.ResponseWriter }

// smallBuffer is in bytes, one to read and one to write.
const smallBuffer = 1 << 10

// Hijack hands over the connection of a request (net/http).
func (s small) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, b, err := http.NewResponseController(s.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	early, err := b.Reader.Peek(b.Reader.Buffered())
	if err != nil {
		return nil, nil, errors.Join(err, c.Close())
	}
	r := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(early), c), max(smallBuffer, len(early)))
	_, err = r.Peek(len(early)) // they are looked for in the buffer
	return c, bufio.NewReadWriter(r, bufio.NewWriterSize(c, smallBuffer)), err
}

// household is whom an address stands for: IPv6 counts by its first 64 bits,
// because everybody has that many.
func household(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return "unknown " + host
	}
	if ip = ip.Unmap().WithZone(""); ip.Is6() {
		ip = netip.PrefixFrom(ip, 64).Masked().Addr()
	}
	return ip.String()
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
