package web

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

	"golang.org/x/net/netutil"

	"github.com/bitcoim/bitcoim/doorstep"
)

// What one connection, and all, may take.
const (
	longestHeader   = 8 << 10
	mostConnections = 512
	mostOfOne       = 32
	stopIn          = 10 * time.Second // how long requests under way have when we stop
)

// Listen opens the configured address. Without a certificate it must be one
// of loopback, where a proxy with a certificate comes from.
func (d *Door) Listen(ctx context.Context) (net.Listener, error) {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", d.o.Listen)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if at, err := netip.ParseAddrPort(l.Addr().String()); d.o.Cert == "" && (err != nil || !at.Addr().Unmap().IsLoopback()) {
		l.Close()
		return nil, fmt.Errorf("web: %s is open to others, so it needs a certificate", d.o.Listen)
	}
	return l, nil
}

// Serve answers who comes to l until ctx ends, and then lets requests that
// are under way finish. It closes l.
func (d *Door) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: d, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: patience + 10*time.Second, IdleTimeout: 30 * time.Second, MaxHeaderBytes: longestHeader,
		ErrorLog: slog.NewLogLogger(d.o.Log.Handler(), slog.LevelDebug), // strangers fill it
	}
	l = &doorstep.Fair{Listener: netutil.LimitListener(l, mostConnections), Proxies: d.o.Proxies, OfOne: mostOfOne}
	if d.o.Cert != "" {
		pair, err := doorstep.Load(d.o.Cert, d.o.Key)
		if err != nil {
			return errors.Join(fmt.Errorf("web: %w", err), l.Close())
		}
		l = tls.NewListener(l, pair.Config("http/1.1"))
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("web: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopIn)
	defer cancel()
	err := server.Shutdown(last)
	if err != nil {
		err = errors.Join(err, server.Close())
	}
	if end := <-ended; !errors.Is(end, http.ErrServerClosed) {
		err = errors.Join(err, end)
	}
	return err
}
