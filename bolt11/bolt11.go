// Package bolt11 reads Lightning invoices (BOLT 11, "Invoice Protocol for
// Lightning Payments"), for any program. It makes none, and knows no node.
package bolt11

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/btcsuite/btcd/address/v2/bech32"
)

// MaxLength is how many characters an invoice may have: what the largest QR code
// holds, which is LND's limit, too. BOLT 11 sets none.
const MaxLength = 7089

// MaxExpiry is the longest time to live that is believed: no clock looks further.
const MaxExpiry = 100 * 365 * 24 * time.Hour

// What holds of invoices that do not say it (BOLT 11, "Tagged Fields").
const (
	DefaultExpiry    = time.Hour
	DefaultFinalCLTV = 18 // blocks
)

// ErrInvalid is the only error of this package. What is wrong is in its text.
var ErrInvalid = errors.New("bolt11: not a valid invoice")

// Invoice is what an invoice says.
type Invoice struct {
	Text            string        // in lower case, letters and digits only
	Network         string        // as Prefix has it
	Msat            int64         // millisatoshis; 0 if the payer chooses
	Hash            [32]byte      // the payment hash
	Payee           string        // the public key that has signed, in hexadecimal; "" if that was not looked at
	Description     string        // UTF-8
	DescriptionHash []byte        // 32 bytes; nil if there is a description, or neither
	Created         time.Time     // UTC, to the second
	Expiry          time.Duration // after Created
	FinalCLTV       int64         // blocks, the min_final_cltv_expiry_delta
}

// Expires is when the invoice stops being payable.
func (i Invoice) Expires() time.Time { return i.Created.Add(i.Expiry) }

// Parse reads an invoice and checks all that can be checked without a node: the
// checksum, each field that this package knows, and the signature, by the key that
// the invoice names or the one that the signature is of. It is stricter than BOLT 11
// in one thing: no such field may come twice, because two readers that each took
// another one would pay different things. Feature bits are for who pays.
func Parse(text string) (Invoice, error) {
	r, err := read(text)
	if err == nil {
		err = r.check()
	}
	if err == nil {
		r.Payee, err = r.signer()
	}
	if err != nil {
		return Invoice{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return r.Invoice, nil
}

// ParseUnverified is Parse for who asks a node next: it looks neither at the
// signature nor for fields that are missing, the payment hash excepted. Payee is
// empty.
func ParseUnverified(text string) (Invoice, error) {
	r, err := read(text)
	if err != nil {
		return Invoice{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return r.Invoice, nil
}

// Lengths of the data part, in groups of five bits.
const (
	timeLen = 7
	signLen = 104
)

// reading is an invoice and the parts of it that the signature is about.
type reading struct {
	Invoice
	head   string          // the human-readable part
	groups []byte          // the data part without its checksum
	fields map[byte][]byte // by their letters, in groups
}

func read(text string) (reading, error) {
	if len(text) > MaxLength {
		return reading{}, fmt.Errorf("longer than %d characters", MaxLength)
	}
	head, groups, version, err := bech32.DecodeNoLimitWithVersion(text)
	switch {
	case err != nil:
		return reading{}, err
	case version != bech32.Version0:
		return reading{}, errors.New("the checksum of another encoding")
	case len(groups) < timeLen+signLen:
		return reading{}, errors.New("too short")
	}
	r := reading{Invoice: Invoice{Text: strings.ToLower(text)}, head: head, groups: groups}
	if r.Network, r.Msat, err = parseHead(head); err != nil {
		return reading{}, err
	}
	r.Created = time.Unix(number(groups[:timeLen]), 0).UTC()
	return r, r.readFields(groups[timeLen : len(groups)-signLen])
}
