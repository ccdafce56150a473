package chain

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

// credential returns the macaroon.
func (l *lndREST) credential() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.macaroon == "" {
		b, err := os.ReadFile(l.macFile)
		if err != nil {
			return "", fmt.Errorf("%w: %w", errLNDFiles, err)
		}
		l.macaroon = hex.EncodeToString(b)
	}
	return l.macaroon, nil
}

// trusting returns the client that trusts LND's certificate.
func (l *lndREST) trusting() (*http.Client, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.client != nil {
		return l.client, nil
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if l.certFile != "" {
		b, err := os.ReadFile(l.certFile)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errLNDFiles, err)
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(b) {
			return nil, fmt.Errorf("%w: no certificate in %s", errLNDFiles, l.certFile)
		}
	}
	l.client = &http.Client{Transport: &http.Transport{TLSClientConfig: conf, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true}}
	return l.client, nil
}

// distrust forgets what came from files if LND or TLS turned it down.
func (l *lndREST) distrust(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var cert *tls.CertificateVerificationError
	var reply *lndReply
	switch {
	case errors.As(err, &cert) && l.client != nil:
		l.client.CloseIdleConnections()
		l.client = nil
	case errors.As(err, &reply) && reply.auth() && l.macFile != "":
		l.macaroon = ""
	}
}

func (l *lndREST) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.client != nil {
		l.client.CloseIdleConnections()
	}
}
