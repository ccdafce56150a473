// Package certtest makes certificates for tests.
package certtest

import (
	"crypto/x509"
	"path/filepath"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/certificate"
)

// Write makes a certificate that goes with the test, and returns its files and who
// trusts it.
func Write(t testing.TB, hosts ...string) (certFile, keyFile string, roots *x509.CertPool) {
	t.Helper()
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	cert, err := certificate.Write(certFile, keyFile, hosts...)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(cert)
	return certFile, keyFile, roots
}
