package lnd

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"
)

// atOnce is how many idle connections are kept. LND speaks HTTP/1.1, so each
// payment on its way has one of its own.
const atOnce = 64

// credential returns the macaroon, in hexadecimal.
func (c *Conn) credential() (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.macaroon == "" {
		b, err := os.ReadFile(c.macFile)
		if err != nil {
			return "", fmt.Errorf("%w: lnd.macaroon_file: %w", ErrFiles, err)
		}
		c.macaroon = hex.EncodeToString(b)
	}
	return c.macaroon, nil
}

// trusting returns the client that trusts LND's certificate.
func (c *Conn) trusting() (*http.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil {
		return c.client, nil
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.certFile != "" {
		b, err := os.ReadFile(c.certFile)
		if err != nil {
			return nil, fmt.Errorf("%w: lnd.cert_file: %w", ErrFiles, err)
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(b) {
			return nil, fmt.Errorf("%w: lnd.cert_file: no certificate in %s", ErrFiles, c.certFile)
		}
	}
	c.client = &http.Client{
		Transport: &http.Transport{
			TLSClientConfig: conf, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
			MaxIdleConns: atOnce, MaxIdleConnsPerHost: atOnce,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // LND has none, and a macaroon stays here
	}
	return c.client, nil
}

// distrust forgets what came from files if LND or TLS turned it down.
func (c *Conn) distrust(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var cert *tls.CertificateVerificationError
	var reply *Reply
	switch {
	case errors.As(err, &cert) && c.client != nil:
		c.client.CloseIdleConnections()
		c.client = nil
	case errors.As(err, &reply) && reply.Auth() && c.macFile != "":
		c.macaroon = ""
	}
}
