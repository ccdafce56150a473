package limeclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/internal/transport"
)

// ErrNoService is of a domain that says in its SRV record that it has no LIME
// server: the target "." of RFC 2782.
var ErrNoService = errors.New("lime: the domain says that it has no LIME server")

// Resolver finds the servers of a domain. A *net.Resolver is one.
type Resolver interface {
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
}

// Dial connects to a server and makes a session. The address is one of
//
//	tcp://host:port    or net.tcp://, upgraded to TLS if the server can
//	tls://host:port    TLS from the first byte
//	ws://host/path     a WebSocket, or wss://
//	lime://name@domain the server that the domain's SRV record names (_lime._tcp),
//	                   or the domain itself
func (d *Dialer) Dial(ctx context.Context, address string) (*Channel, error) {
	t, err := d.Connect(ctx, address)
	if err != nil {
		return nil, err
	}
	return d.Establish(ctx, t)
}

// Connect makes a transport without a session.
func (d *Dialer) Connect(ctx context.Context, address string) (lime.Transport, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("lime: not an address of a server: %q", address)
	}
	ctx, cancel := context.WithTimeout(ctx, d.Limits.orDefault().Establish)
	defer cancel()
	host := u.Host
	if u.Opaque != "" { // lime:name@domain
		_, host, _ = strings.Cut(u.Opaque, "@")
	}
	if host == "" {
		return nil, fmt.Errorf("lime: an address without a host: %q", address)
	}
	switch strings.ToLower(u.Scheme) {
	case "lime":
		return d.connectDomain(ctx, host)
	case "tcp", "net.tcp":
		return d.connectTCP(ctx, withPort(host), u.Hostname(), false)
	case "tls", "net.tcps":
		return d.connectTCP(ctx, withPort(host), u.Hostname(), true)
	case "ws", "wss":
		return transport.DialWS(ctx, u, d.config(u.Hostname()))
	}
	return nil, fmt.Errorf("lime: there is no transport %q", u.Scheme)
}

func withPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), lime.DefaultPort)
}

// config is the TLS configuration for a server's name.
func (d *Dialer) config(name string) *tls.Config {
	c := d.TLS.Clone()
	if c == nil {
		c = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if c.ServerName == "" {
		c.ServerName = name
	}
	return c
}

func (d *Dialer) connectTCP(ctx context.Context, address, name string, encrypted bool) (lime.Transport, error) {
	var dialer net.Dialer
	c, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("lime: %w", err)
	}
	if encrypted {
		return transport.NewTCP(tls.Client(c, d.config(name)), false, nil), nil
	}
	return transport.NewTCP(c, false, d.config(name)), nil
}

// connectDomain tries the servers of a domain in their order. The certificate
// is for the domain, as an SRV record proves nothing.
func (d *Dialer) connectDomain(ctx context.Context, domain string) (lime.Transport, error) {
	r := d.Resolver
	if r == nil {
		r = net.DefaultResolver
	}
	var none *net.DNSError
	_, all, err := r.LookupSRV(ctx, "lime", "tcp", domain)
	if err != nil && !(errors.As(err, &none) && none.IsNotFound) {
		return nil, fmt.Errorf("lime: %w", err)
	}
	if len(all) == 0 {
		return d.connectTCP(ctx, withPort(domain), strings.Trim(domain, "[]"), false)
	}
	all = slices.DeleteFunc(all, func(srv *net.SRV) bool { return strings.Trim(srv.Target, ".") == "" })
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: %s", ErrNoService, domain)
	}
	var wrong []error
	for _, srv := range all {
		t, err := d.connectTCP(ctx, net.JoinHostPort(strings.TrimSuffix(srv.Target, "."), strconv.Itoa(int(srv.Port))), domain, false)
		if err == nil {
			return t, nil
		}
		wrong = append(wrong, err)
	}
	return nil, errors.Join(wrong...)
}

// NewTCP makes a transport of a connection that somebody else dialled, as through a
// proxy. It may be a *tls.Conn; with a config for the server's name, it can be upgraded
// to TLS.
func NewTCP(c net.Conn, upgrade *tls.Config) lime.Transport {
	return transport.NewTCP(c, false, upgrade)
}
