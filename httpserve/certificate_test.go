package httpserve

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/certificate"
)

// renew writes a certificate that is as old as a time, and returns its number.
func renew(t *testing.T, c *Certificate, written time.Time) int64 {
	t.Helper()
	cert, err := certificate.Write(c.cert, c.key, "pay.example.org")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(c.cert, written, written); err != nil {
		t.Fatal(err)
	}
	return cert.SerialNumber.Int64()
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
	first := renew(t, c, time.Unix(1000, 0))
	if got := serial(t, c); got != first {
		t.Errorf("got %d, want %d", got, first)
	}
	second := renew(t, c, time.Unix(2000, 0))
	if got := serial(t, c); got != second {
		t.Errorf("when it is renewed: got %d, want %d", got, second)
	}
	if err := os.WriteFile(c.cert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := serial(t, c); got != second {
		t.Errorf("while it is being written: got %d, want %d", got, second)
	}
}
