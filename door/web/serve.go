package web

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"

	"github.com/bitcoim/bitcoim/httpserve"
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
	l, err := httpserve.Listen(ctx, d.o.Listen, d.o.Cert != "")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
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
	l = &httpserve.PerClient{Listener: netutil.LimitListener(l, mostConnections), Proxies: d.o.Proxies, OfOne: mostOfOne}
	l, err := httpserve.Secure(l, d.o.Cert, d.o.Key)
	if err == nil {
		err = httpserve.Serve(ctx, server, l, stopIn)
	}
	if err != nil {
		return fmt.Errorf("web: %w", err)
	}
	return nil
}
