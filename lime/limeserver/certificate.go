package limeserver

import (
	"context"
	"crypto/x509"
	"strings"

	"github.com/bitcoim/bitcoim/lime"
)

// CertificateLogin believes the TLS certificate of a connection: one for the
// domain of the login, or for a wildcard of its parent, speaks for the domain;
// one for *.domain speaks for its subdomains, too. Any other is refused. It is
// an Authenticator for the transport scheme.
func CertificateLogin() Authenticator {
	return func(_ context.Context, l Login) (Grant, error) {
		if l.Info.Certificate == nil {
			return Grant{}, lime.ErrRefused
		}
		if role := certifies(l.Info.Certificate, l.Node.Domain); role != Unknown {
			return Grant{Role: role}, nil
		}
		return Grant{}, lime.ErrRefused
	}
}

// certifies says what a certificate's names make of its owner. The common name
// counts only if there are no other names.
func certifies(c *x509.Certificate, domain string) (role Role) {
	names := c.DNSNames
	if len(names) == 0 && c.Subject.CommonName != "" {
		names = []string{c.Subject.CommonName}
	}
	domain = strings.ToLower(domain)
	_, parent, _ := strings.Cut(domain, ".")
	for _, name := range names {
		switch strings.ToLower(name) {
		case "*." + domain:
			return RootAuthority
		case domain:
			role = Authority
		case "*." + parent:
			if parent != "" {
				role = Authority
			}
		}
	}
	return role
}
