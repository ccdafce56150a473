package moneysocket

import (
	"encoding/hex"
	"errors"
	"strings"

	"github.com/btcsuite/btcd/address/v2/bech32"

	"github.com/bitcoim/bitcoim/amount"
)

// Invoice is what the front of a BOLT 11 invoice says, as far as its checksum
// holds. Its signature is not checked: only a node decides whether an invoice
// is good.
type Invoice struct {
	Network string      // "bc", "bcrt", "tb", "tbs"
	Amount  amount.Msat // 0 if it names none
	Hash    string      // payment hash, 64 hex digits
}

// longestInvoice is what the largest QR code holds; BOLT 11 sets no limit.
const longestInvoice = 7089

var errLongInvoice = errors.New("a bolt11 invoice that is longer than any")

var errInvoice = errors.New("not a bolt11 invoice")

// picos is how many tenths of a millisatoshi an amount of a multiplier is.
var picos = map[byte]int64{'m': 1_000_000_000, 'u': 1_000_000, 'n': 1_000, 'p': 1}

// ParseInvoice reads the network, the amount and the payment hash of a BOLT 11
// invoice in lower case, and checks its checksum.
func ParseInvoice(text string) (Invoice, error) {
	if len(text) > longestInvoice {
		return Invoice{}, errLongInvoice
	}
	name, groups, version, err := bech32.DecodeNoLimitWithVersion(text)
	if err != nil || version != bech32.Version0 || strings.ToLower(text) != text {
		return Invoice{}, errInvoice
	}
	rest, ok := strings.CutPrefix(name, "ln")
	if !ok {
		return Invoice{}, errInvoice
	}
	digit := strings.IndexAny(rest, "0123456789")
	if digit < 0 {
		digit = len(rest)
	}
	i := Invoice{Network: rest[:digit]}
	if i.Amount, err = invoiceAmount(rest[digit:]); err != nil {
		return Invoice{}, err
	}
	if i.Hash, err = paymentHash(groups); err != nil {
		return Invoice{}, err
	}
	return i, nil
}

func invoiceAmount(text string) (amount.Msat, error) {
	if text == "" {
		return 0, nil
	}
	digits, size := text, int64(1_000_000_000_000)
	if by, ok := picos[text[len(text)-1]]; ok {
		digits, size = text[:len(text)-1], by
	}
	if digits == "" || len(digits) > 12 || digits[0] == '0' {
		return 0, errInvoice
	}
	n := int64(0)
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return 0, errInvoice
		}
		n = n*10 + int64(c-'0')
	}
	switch {
	case size == 1 && n%10 == 0:
		return amount.Msat(n / 10), nil
	case size == 1 || n > int64(amount.Max)/(size/10):
		return 0, errInvoice // a part of a millisatoshi, or more than there is
	}
	return amount.Msat(n * (size / 10)), nil
}

// Groups of five bits in the data part of an invoice.
const (
	groupsTime      = 7
	groupsSignature = 104
	groupsHash      = 52
	fieldHash       = 1
)

// paymentHash finds the first field p of the right length.
func paymentHash(groups []byte) (string, error) {
	if len(groups) < groupsTime+groupsSignature {
		return "", errInvoice
	}
	for g := groups[groupsTime : len(groups)-groupsSignature]; len(g) >= 3; {
		kind, size := g[0], int(g[1])<<5|int(g[2])
		if g = g[3:]; size > len(g) {
			return "", errInvoice
		}
		if kind == fieldHash && size == groupsHash {
			b, err := bech32.ConvertBits(g[:size], 5, 8, false)
			if err != nil || len(b) != 32 {
				return "", errInvoice
			}
			return hex.EncodeToString(b), nil
		}
		g = g[size:]
	}
	return "", errInvoice
}
