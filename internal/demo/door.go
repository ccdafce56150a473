package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/world"
)

// serveDoor lets browsers on this machine see the gateway's web door: by plain
// HTTP on loopback, because they know neither the name nor the certificate
// that other wallets find it by. It serves until ctx ends.
func (s *session) serveDoor(ctx context.Context) error {
	ca, err := os.ReadFile(filepath.Join(s.world.Dir, "ca.pem"))
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	site, err := url.Parse(s.world.URL(world.Site))
	if err != nil {
		return err
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: world.Site}}
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(site)
		r.Out.Host = r.In.Host // what the browser says that its page is from
	}}
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.door = "http://" + l.Addr().String()
	server := &http.Server{Handler: proxy, ReadHeaderTimeout: 10 * time.Second}
	s.wg.Go(func() {
		defer transport.CloseIdleConnections()
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.print("  (the web door is closed: %v)", err)
		}
	})
	s.wg.Go(func() {
		<-ctx.Done()
		_ = server.Close()
	})
	return nil
}
