package egress

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
)

// NewTransport is what a Client sends through. It is exported for protocols
// that only begin as HTTP, such as WebSocket: whoever uses it bounds sizes and
// times himself, and follows no redirect (NoRedirect). roots may be nil.
func NewTransport(d *Dialer, roots *x509.CertPool) *http.Transport {
	var only http.Protocols
	only.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  nil, // not even from the environment
		DialContext:            d.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		Protocols:              &only,
		DisableKeepAlives:      true, // the next one is looked up and checked anew
		DisableCompression:     true, // so a small answer is small
		MaxResponseHeaderBytes: longestHeader,
	}
}

// NoRedirect is for http.Client.CheckRedirect: a redirect is the answer.
func NoRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Roots returns the system's certificate authorities and those in file (PEM).
// Without a file it is nil, which means the system's.
func Roots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("egress: certificates: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("egress: the system's certificates: %w", err)
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("egress: no certificate in " + file)
	}
	return pool, nil
}
