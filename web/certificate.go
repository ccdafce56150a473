package web

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// certificate is a pair of files that somebody renews while we run.
type certificate struct {
	cert, key string

	mu      sync.Mutex
	loaded  *tls.Certificate
	of      time.Time // when the file that is loaded was written
	checked time.Time
}

// between is how long we do not look whether the files are new.
const between = time.Minute

// get returns the certificate for a connection. If the new files are bad, the
// old ones stay.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	fresh := c.loaded != nil && time.Since(c.checked) < between
	old := c.loaded
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

func (c *certificate) load() (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.checked = time.Now()
	info, err := os.Stat(c.cert)
	if err != nil {
		return nil, fmt.Errorf("web: certificate: %w", err)
	}
	if c.loaded != nil && info.ModTime().Equal(c.of) {
		return c.loaded, nil
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return nil, fmt.Errorf("web: certificate: %w", err)
	}
	c.loaded, c.of = &pair, info.ModTime()
	return c.loaded, nil
}
