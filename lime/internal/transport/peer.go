package transport

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"time"
)

// DefaultLimit is how long an envelope may be before somebody says how long, in bytes.
const DefaultLimit = 256 << 10

// Linger is how long a transport waits for its peer to read the last words.
const Linger = time.Second

// Host is the address of a peer without its port.
func Host(a net.Addr) string {
	if a == nil {
		return ""
	}
	h, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return h
}

// verified returns the certificate of a peer whose chain was checked.
func verified(s tls.ConnectionState) *x509.Certificate {
	if len(s.VerifiedChains) == 0 || len(s.PeerCertificates) == 0 {
		return nil
	}
	return s.PeerCertificates[0]
}
