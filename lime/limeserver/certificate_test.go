package limeserver_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

// authority signs certificates for tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

var trusted = sync.OnceValue(newAuthority)

func newAuthority() *authority {
	a := &authority{pool: x509.NewCertPool()}
	made := a.sign(nil, "test authority")
	a.cert, _ = x509.ParseCertificate(made.Certificate[0])
	a.key, _ = made.PrivateKey.(*ecdsa.PrivateKey)
	a.pool.AddCert(a.cert)
	return a
}

func (a *authority) sign(names []string, common string) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: common}, DNSNames: names,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	parent, signer := a.cert, a.key
	if parent == nil {
		template.IsCA, template.BasicConstraintsValid, parent, signer = true, true, template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// selfSigned is the certificate of servers, and who believes it.
func selfSigned() (tls.Certificate, *x509.CertPool) {
	return trusted().sign([]string{"example.com"}, ""), trusted().pool
}

// A certificate for the domain speaks for it; for anybody else it is nothing.
func TestCertificates(t *testing.T) {
	for name, tt := range map[string]struct {
		names  []string
		common string
		domain string
		role   limeserver.Role // Unknown: refused
	}{
		"the domain":                     {[]string{"example.com"}, "", "example.com", limeserver.Authority},
		"in capitals":                    {[]string{"Example.COM"}, "", "example.com", limeserver.Authority},
		"the domain among others":        {[]string{"a.org", "example.com"}, "", "example.com", limeserver.Authority},
		"all below the domain":           {[]string{"*.example.com"}, "", "example.com", limeserver.RootAuthority},
		"all below its parent":           {[]string{"*.example.com"}, "", "chat.example.com", limeserver.Authority},
		"the common name":                {nil, "example.com", "example.com", limeserver.Authority},
		"a common name that counts less": {[]string{"a.org"}, "example.com", "example.com", limeserver.Unknown},
		"another domain":                 {[]string{"example.org"}, "", "example.com", limeserver.Unknown},
		"a domain below":                 {[]string{"a.example.com"}, "", "example.com", limeserver.Unknown},
		"a domain above":                 {[]string{"example.com"}, "", "chat.example.com", limeserver.Unknown},
		"everything":                     {[]string{"*."}, "", "localhost", limeserver.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			server, pool := selfSigned()
			s := limetest.New()
			s.Domain = tt.domain
			s.TLS = &tls.Config{Certificates: []tls.Certificate{server}, ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: pool}
			address := listen(t, s.ListenTCP, "tcp://")
			d := &limeclient.Dialer{Node: node("gateway@" + tt.domain), Authentication: lime.WithCertificate(),
				TLS: &tls.Config{RootCAs: pool, ServerName: "example.com", Certificates: []tls.Certificate{trusted().sign(tt.names, tt.common)}}}
			c, err := keep(t)(d.Dial(ctxOf(t), address))
			if tt.role == limeserver.Unknown {
				if code(err) != lime.AuthenticationFailed {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if there := s.Sessions(c.Local().Identity); len(there) != 1 || there[0].Role() != tt.role {
				t.Errorf("got %v", there)
			}
		})
	}
}

// Only a certificate that somebody vouches for is looked at.
func TestACertificateThatNobodySigned(t *testing.T) {
	server, pool := selfSigned()
	s := limetest.New()
	s.Domain = "example.com"
	s.TLS = &tls.Config{Certificates: []tls.Certificate{server}, ClientAuth: tls.RequestClientCert}
	address := listen(t, s.ListenTCP, "tcp://")
	d := &limeclient.Dialer{Node: node("gateway@example.com"), Authentication: lime.WithCertificate(),
		TLS: &tls.Config{RootCAs: pool, ServerName: "example.com", Certificates: []tls.Certificate{newAuthority().sign([]string{"example.com"}, "")}}}
	if _, err := keep(t)(d.Dial(ctxOf(t), address)); code(err) != lime.AuthenticationFailed {
		t.Errorf("got %v", err)
	}
}
