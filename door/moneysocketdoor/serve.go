package moneysocketdoor

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/bitcoim/bitcoim/httpserve"
)

const (
	longestHeader = 8 << 10
	headerIn      = 10 * time.Second // TLS and the header of a newcomer
)

// Listen opens the configured address; nil if there is none. Without a
// certificate it must be one of loopback, where a proxy with a certificate
// comes from, unless plain connections are allowed.
func (d *Door) Listen(ctx context.Context) (net.Listener, error) {
	if d.relay == nil {
		return nil, nil
	}
	l, err := httpserve.Listen(ctx, d.o.Listen, d.o.Cert != "" || d.o.AllowPlain)
	if err != nil {
		return nil, fmt.Errorf("moneysocket: %w", err)
	}
	return l, nil
}

// Serve keeps the links, and takes in who comes to l, until ctx ends. It
// closes l, which is nil without a relay. It may be called once.
func (d *Door) Serve(ctx context.Context, l net.Listener) error {
	ctx, stop := context.WithCancel(ctx)
	defer d.ended.Wait()
	defer stop()
	if d.relay == nil {
		d.keep(ctx)
		return nil
	}
	defer d.relay.Close()
	defer close(d.over)
	// Those behind a proxy are counted by the relay.
	fair := &httpserve.PerClient{Listener: l, Proxies: d.o.Proxies, Most: bound(d.o.Limits.Frames.Connections, 4096), OfOne: bound(d.o.Limits.Frames.PerAddress, 32)}
	l, err := httpserve.Secure(fair, d.o.Cert, d.o.Key)
	if err != nil {
		return fmt.Errorf("moneysocket: %w", err)
	}
	server := &http.Server{
		Handler: d, ReadHeaderTimeout: headerIn, IdleTimeout: time.Second, MaxHeaderBytes: longestHeader,
		ErrorLog: slog.NewLogLogger(d.o.Log.Handler(), slog.LevelDebug), // strangers fill it
	}
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		d.keep(ctx)
	}()
	if err = httpserve.Serve(ctx, server, l, 0); err != nil { // relay.Close ends the websockets
		err = fmt.Errorf("moneysocket: %w", err)
	}
	stop()
	<-kept
	return err
}

// bound is a limit as a listener knows it: 0 is the usual, less is none.
func bound(n, usual int) int {
	if n == 0 {
		return usual
	}
	return max(0, n)
}

// ServeHTTP takes in a websocket, on any path.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if d.relay == nil {
		http.NotFound(w, r)
		return
	}
	if ip := httpserve.Proxies(d.o.Proxies).Client(r); ip.IsValid() {
		r.RemoteAddr = net.JoinHostPort(ip.String(), "0")
	}
	d.relay.ServeHTTP(w, r)
}
