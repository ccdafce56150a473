package httpserve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// Listen opens an address. Unless plain, it must be one of loopback, where a
// proxy with a certificate comes from.
func Listen(ctx context.Context, address string, plain bool) (net.Listener, error) {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	if at, err := netip.ParseAddrPort(l.Addr().String()); !plain && (err != nil || !at.Addr().Unmap().IsLoopback()) {
		return nil, errors.Join(fmt.Errorf("%s is open to others, so it needs a certificate", address), l.Close())
	}
	return l, nil
}

// Secure is a listener with TLS if there are files of a certificate, and as it
// was if not. Only HTTP/1.1 may be agreed on, which websockets need.
func Secure(l net.Listener, cert, key string) (net.Listener, error) {
	if cert == "" {
		return l, nil
	}
	pair, err := Load(cert, key)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return tls.NewListener(l, pair.Config("http/1.1")), nil
}

// Serve answers who comes to l until ctx ends, and closes l. What is under way
// then has so long to finish; with 0 it is cut off.
func Serve(ctx context.Context, s *http.Server, l net.Listener, grace time.Duration) error {
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	err := finish(context.WithoutCancel(ctx), s, grace)
	if end := <-ended; !errors.Is(end, http.ErrServerClosed) {
		err = errors.Join(err, end)
	}
	return err
}

func finish(ctx context.Context, s *http.Server, grace time.Duration) error {
	if grace <= 0 {
		return s.Close()
	}
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		return errors.Join(err, s.Close())
	}
	return nil
}
