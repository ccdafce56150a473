package lightning

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/btcsuite/btcd/address/v2/bech32"
	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/ecdsa"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// usualExpiry holds for invoices that name none (BOLT 11).
const usualExpiry = time.Hour

// decoded reads an invoice where no node does it for us, and takes nothing
// that it cannot check: the checksum, the signature, each field that counts.
// The error is ErrBadInvoice.
func decoded(network, text string) (Invoice, error) {
	lower, scan, err := scanFor(network, text)
	if err != nil {
		return Invoice{}, err
	}
	inv, err := fields(lower, scan)
	if err != nil {
		return Invoice{}, fmt.Errorf("%w: %w", ErrBadInvoice, err)
	}
	return inv, nil
}

func fields(text string, s scan) (Invoice, error) {
	front, err := moneysocket.ParseInvoice(text) // checksum and amount
	if err != nil {
		return Invoice{}, err
	}
	if front.Hash != s.hash.String() {
		return Invoice{}, fmt.Errorf("two readers, two meanings")
	}
	inv := Invoice{Text: text, Hash: s.hash, Amount: front.Amount, Created: s.created, MinFinalCLTV: s.finalCLTV,
		Expires: s.created.Add(usualExpiry)}
	split := strings.LastIndexByte(text, '1')
	groups := []byte(text[split+1 : len(text)-checkLen])
	for i, c := range groups {
		groups[i] = byte(strings.IndexByte(charset, c))
	}
	signed, signature := groups[:len(groups)-signLen], groups[len(groups)-signLen:]
	var said map[byte][]byte
	if said, err = inv.read(signed[timeLen:]); err != nil {
		return Invoice{}, err
	}
	inv.Payee, err = signer(text[:split], signed, signature, said['n'])
	return inv, err
}

// lengths are those that fields of a fixed length have, in groups of five bits.
var lengths = map[byte]int{'p': 52, 'h': 52, 's': 52, 'n': 53}

// read takes the fields that are ours to understand. scanFor has seen that
// none is cut or comes twice.
func (inv *Invoice) read(data []byte) (map[byte][]byte, error) {
	said := map[byte][]byte{}
	for len(data) > 0 {
		name, size := singleTags[data[0]], int(number(data[1:3]))
		field := data[3 : 3+size]
		data = data[3+size:]
		if want, fixed := lengths[name]; fixed && size != want {
			return nil, fmt.Errorf("a field %c of %d characters", name, size)
		}
		switch name {
		case 'p', 'h', 's', 'n', 'd':
			b, err := bech32.ConvertBits(field, 5, 8, false)
			if err != nil {
				return nil, fmt.Errorf("field %c: %w", name, err)
			}
			said[name] = b
		case 'x':
			if size > 12 || number(field) > int64(maxExpiry/time.Second) {
				return nil, fmt.Errorf("an expiry beyond all clocks")
			}
			inv.Expires = inv.Created.Add(time.Duration(number(field)) * time.Second)
		}
	}
	text, described := said['d']
	inv.DescriptionHash = said['h']
	switch {
	case described == (said['h'] != nil):
		return nil, fmt.Errorf("neither a description nor the hash of one, or both")
	case !utf8.Valid(text):
		return nil, fmt.Errorf("a description that is no text")
	}
	inv.Description = string(text)
	return said, nil
}

// signer is the public key that has signed, in hexadecimal: the one that is
// named, or the one that the signature is of.
func signer(head string, signed, signature, named []byte) (string, error) {
	data, err := bech32.ConvertBits(signed, 5, 8, true)
	if err != nil {
		return "", err
	}
	hash := sha256.Sum256(append([]byte(head), data...))
	sign, err := bech32.ConvertBits(signature, 5, 8, false)
	if err != nil || len(sign) != 65 || sign[64] > 3 {
		return "", fmt.Errorf("no signature")
	}
	if named != nil {
		return checked(hash[:], sign, named)
	}
	compact := append([]byte{27 + 4 + sign[64]}, sign[:64]...)
	key, _, err := ecdsa.RecoverCompact(compact, hash[:])
	if err != nil {
		return "", fmt.Errorf("signature: %w", err)
	}
	return fmt.Sprintf("%x", key.SerializeCompressed()), nil
}

func checked(hash, sign, named []byte) (string, error) {
	key, err := btcec.ParsePubKey(named)
	if err != nil {
		return "", fmt.Errorf("the payee's key: %w", err)
	}
	var r, s btcec.ModNScalar
	if r.SetByteSlice(sign[:32]) || s.SetByteSlice(sign[32:64]) || !ecdsa.NewSignature(&r, &s).Verify(hash, key) {
		return "", fmt.Errorf("the signature is not the payee's")
	}
	return fmt.Sprintf("%x", named), nil
}
