package door

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/bitcoim/bitcoim/doorstep"
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
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", d.o.Listen)
	if err != nil {
		return nil, fmt.Errorf("moneysocket: %w", err)
	}
	at, err := netip.ParseAddrPort(l.Addr().String())
	if d.o.Cert == "" && !d.o.AllowPlain && (err != nil || !at.Addr().Unmap().IsLoopback()) {
		l.Close()
		return nil, fmt.Errorf("moneysocket: %s is open to others, so it needs a certificate", d.o.Listen)
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
	l, err := d.guarded(l)
	if err != nil {
		return err
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
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err = <-served:
		err = fmt.Errorf("moneysocket: %w", err)
	case <-ctx.Done():
		err = server.Close()
		if end := <-served; !errors.Is(end, http.ErrServerClosed) {
			err = errors.Join(err, end)
		}
	}
	stop()
	<-kept
	return err
}

// guarded is a listener with limits, and with TLS if there is a certificate.
func (d *Door) guarded(l net.Listener) (net.Listener, error) {
	// Those behind a proxy are counted by the relay.
	l = &doorstep.Fair{Listener: l, Proxies: d.o.Proxies, Most: bound(d.o.Limits.Frames.Connections, 4096), OfOne: bound(d.o.Limits.Frames.PerAddress, 32)}
	if d.o.Cert == "" {
		return l, nil
	}
	pair, err := doorstep.Load(d.o.Cert, d.o.Key)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("moneysocket: %w", err), l.Close())
	}
	// Websockets are of HTTP/1.1: nothing else may be agreed on.
	return tls.NewListener(l, pair.Config("http/1.1")), nil
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
	if ip := doorstep.Proxies(d.o.Proxies).Client(r); ip.IsValid() {
		r.RemoteAddr = net.JoinHostPort(ip.String(), "0")
	}
	d.relay.ServeHTTP(w, r)
}
