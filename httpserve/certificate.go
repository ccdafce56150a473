// Package httpserve is what every door on the open Internet needs: a certificate
// that somebody renews, who really comes when a proxy stands between, and an
// end to those who take the places of others.
package httpserve

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// Certificate is a pair of files that somebody renews while we run.
type Certificate struct {
	cert, key string

	mu      sync.Mutex
	loaded  *tls.Certificate
	of      time.Time // when the file that is loaded was written
	checked time.Time
}

// between is how long we do not look whether the files are new.
const between = time.Minute

// Load reads a certificate and its key, files in PEM.
func Load(cert, key string) (*Certificate, error) {
	c := &Certificate{cert: cert, key: key}
	_, err := c.load()
	return c, err
}

// Config is for servers: TLS 1.2 or newer, and of the protocols on offer those
// that are named.
func (c *Certificate) Config(protocols ...string) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get, NextProtos: protocols}
}

// get returns the certificate for a connection. If the new files are bad, the
// old ones stay.
func (c *Certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	old, fresh := c.loaded, c.loaded != nil && time.Since(c.checked) < between
	c.mu.Unlock()
	if fresh {
		return old, nil
	}
	pair, err := c.load()
	if err != nil && old != nil {
		return old, nil
	}
	return pair, err
}

func (c *Certificate) load() (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.checked = time.Now()
	info, err := os.Stat(c.cert)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	if c.loaded != nil && info.ModTime().Equal(c.of) {
		return c.loaded, nil
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	c.loaded, c.of = &pair, info.ModTime()
	return c.loaded, nil
}
