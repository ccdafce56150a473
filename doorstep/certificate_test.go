package doorstep

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func write(t *testing.T, c *Certificate, serial int64, written time.Time) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	what := &x509.Certificate{SerialNumber: big.NewInt(serial)}
	der, err := x509.CreateCertificate(rand.Reader, what, what, &secret.PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		os.WriteFile(c.cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600),
		os.WriteFile(c.key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600),
		os.Chtimes(c.cert, written, written),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// serial is what a connection would get now, a minute after the last.
func serial(t *testing.T, c *Certificate) int64 {
	t.Helper()
	c.checked = c.checked.Add(-2 * between)
	pair, err := c.get(nil)
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf.SerialNumber.Int64()
}

func TestARenewedCertificateIsTaken(t *testing.T) {
	dir := t.TempDir()
	c := &Certificate{cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
	if _, err := c.get(nil); err == nil {
		t.Error("there is a certificate where there is none")
	}
	write(t, c, 1, time.Unix(1000, 0))
	if got := serial(t, c); got != 1 {
		t.Errorf("got %d, want 1", got)
	}
	write(t, c, 2, time.Unix(2000, 0))
	if got := serial(t, c); got != 2 {
		t.Errorf("when it is renewed: got %d, want 2", got)
	}
	if err := os.WriteFile(c.cert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := serial(t, c); got != 2 {
		t.Errorf("while it is being written: got %d, want 2", got)
	}
}
