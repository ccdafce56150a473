// Package lnd is a connection to LND's REST gateway: a certificate, a
// macaroon, questions and streams. It knows nothing of what is asked.
package lnd

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Config says how to reach LND.
type Config struct {
	URL          string // https://host:port; plain http on loopback only
	CertFile     string // LND's tls.cert; only this certificate is trusted. Empty: the system's authorities
	MacaroonFile string
	Macaroon     string // hexadecimal, instead of the file
}

// Conn asks LND. Files are read when they are first needed and again after
// they failed, because LND writes them itself: the certificate when it renews,
// the macaroon when the wallet is made.
//
// Nothing is ever sent twice, also not by net/http, which may repeat a
// request that has no body: what is not to be repeated is asked by POST.
type Conn struct {
	base     string // scheme and host
	certFile string
	macFile  string
	timeout  time.Duration

	mu       sync.Mutex
	macaroon string // hexadecimal
	client   *http.Client
}

// ErrFiles means that the certificate or the macaroon cannot be used.
var ErrFiles = errors.New("lnd: cannot use certificate or macaroon")

// Misconfigured is an error of our own side: we have nothing to show, or refuse who answers.
// It is of a Kind of the caller's, and does not say, as that does, that the node refuses us.
type Misconfigured struct{ Kind, Err error }

// Error tells what is wrong on our side, without the Kind.
func (m Misconfigured) Error() string { return m.Err.Error() }

// Is reports whether target is the Kind.
func (m Misconfigured) Is(target error) bool { return target == m.Kind }

// Unwrap gives what is wrong on our side.
func (m Misconfigured) Unwrap() error { return m.Err }

// Open prepares to speak to LND, which need not be up. The timeout bounds
// every Call whose context does not end sooner.
func Open(cfg Config, timeout time.Duration) (*Conn, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("lnd: url %q: want https://host:port", cfg.URL)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, fmt.Errorf("lnd: url %q: a macaroon travels by https only", cfg.URL)
	}
	mac := strings.TrimSpace(cfg.Macaroon)
	if _, err := hex.DecodeString(mac); err != nil {
		return nil, errors.New("lnd: macaroon is not hexadecimal")
	}
	if mac == "" && cfg.MacaroonFile == "" {
		return nil, errors.New("lnd: a macaroon is needed")
	}
	return &Conn{
		base: u.Scheme + "://" + u.Host, certFile: cfg.CertFile, macFile: cfg.MacaroonFile,
		macaroon: mac, timeout: timeout,
	}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Close ends idle connections.
func (c *Conn) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil {
		c.client.CloseIdleConnections()
	}
}
