package world

import (
	"encoding/pem"
	"os"
	"path/filepath"

	"github.com/bitcoim/bitcoim/internal/sandbox/certificate"
)

// certify makes a certificate for a site and adds it to those that the
// gateways trust when they call out.
func (w *World) certify(site string) error {
	cert, err := certificate.Write(filepath.Join(w.Dir, site+".cert"), filepath.Join(w.Dir, site+".key"), site)
	if err != nil {
		return err
	}
	ca, err := os.OpenFile(filepath.Join(w.Dir, "ca.pem"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if err := pem.Encode(ca, &pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}); err != nil {
		ca.Close()
		return err
	}
	return ca.Close()
}
