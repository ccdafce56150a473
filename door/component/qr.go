package component

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"

	"rsc.io/qr"

	"github.com/bitcoim/bitcoim/wallet"
)

// qrLong is the length in bytes from which a text is drawn with little
// redundancy. Addresses are shorter; an invoice would be too fine to
// photograph otherwise.
const qrLong = 120

// drawing is a QR code, drawn. The same text gives the same bytes on every
// instance, so the hash can name it.
type drawing struct {
	text string
	png  []byte
	hash string // SHA-1 of png in hex
	side int    // in pixels
}

// draw is the picture of text.
func draw(text string) (*drawing, error) {
	if p := drawn.byText(text); p != nil {
		return p, nil
	}
	level, scale := qr.H, 6
	if len(text) > qrLong {
		level, scale = qr.L, 4
	}
	code, err := qr.Encode(text, level)
	if err != nil {
		return nil, fmt.Errorf("qr of %d bytes: %w", len(text), err)
	}
	code.Scale = scale
	p := &drawing{text: text, png: code.PNG(), side: (code.Size + 8) * scale} // 4 of quiet zone around
	sum := sha1.Sum(p.png)
	p.hash = hex.EncodeToString(sum[:])
	drawn.keep(p)
	return p, nil
}

// qrPNG is the picture of text as a PNG file.
func qrPNG(text string) ([]byte, error) {
	p, err := draw(text)
	if err != nil {
		return nil, err
	}
	return p.png, nil
}

// portrait is the picture of a contact, nil if it has none.
func portrait(t wallet.Contact) (*drawing, error) {
	if t.Kind != wallet.AddressContact {
		return nil, nil
	}
	return draw("bitcoin:" + t.Name)
}
