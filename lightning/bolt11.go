package lightning

import (
	"fmt"
	"strings"
	"time"
)

// scan is what we read of an invoice ourselves (BOLT 11), in order to compare:
// the node's reading decides.
type scan struct {
	hash      Hash
	created   time.Time
	finalCLTV int64
}

const (
	textMost  = 7089                       // characters, LND's limit: the largest QR code
	maxExpiry = 100 * 365 * 24 * time.Hour // further away than any clock looks

	charset   = "qpzry9x8gf2tvdw0s3jn54khce6mua7l" // of BIP 173: five bits each
	timeLen   = 7
	signLen   = 104
	checkLen  = 6
	shortest  = timeLen + signLen + checkLen
	finalCLTV = 18 // if the invoice does not say
)

// Tags of BOLT 11 that may come once. Two nodes that each took another one of
// two would pay and expect different things.
var singleTags = map[byte]byte{1: 'p', 16: 's', 13: 'd', 27: 'm', 19: 'n', 23: 'h', 6: 'x', 24: 'c', 5: '9'}

// scanFor reads an invoice of the network and returns it in lower case. The
// error is ErrBadInvoice.
func scanFor(network, text string) (string, scan, error) {
	s, lower, err := scanText(prefixes[network], text)
	if err != nil {
		return "", scan{}, fmt.Errorf("%w: %w", ErrBadInvoice, err)
	}
	return lower, s, nil
}

func scanText(prefix, text string) (s scan, lower string, err error) {
	lower = strings.ToLower(text)
	split := strings.LastIndexByte(lower, '1')
	switch {
	case len(text) > textMost:
		return s, "", fmt.Errorf("longer than %d characters", textMost)
	case lower != text && strings.ToUpper(text) != text:
		return s, "", fmt.Errorf("upper and lower case are mixed")
	case split < 0 || len(lower)-split-1 < shortest:
		return s, "", fmt.Errorf("too short")
	case !headIs(lower[:split], prefix):
		return s, "", fmt.Errorf("%q is not how an invoice of this network begins", lower[:min(split, 16)])
	}
	data := []byte(lower[split+1:])
	for i, c := range data {
		v := strings.IndexByte(charset, c)
		if v < 0 {
			return s, "", fmt.Errorf("character %q", rune(c))
		}
		data[i] = byte(v)
	}
	s.created = time.Unix(number(data[:timeLen]), 0).UTC()
	return s, lower, s.tags(data[timeLen : len(data)-signLen-checkLen])
}

// headIs reports whether head is "ln", the prefix, and an amount or none: the
// prefix of signet begins like that of testnet. Nothing else may be in it,
// because the text becomes part of a path.
func headIs(head, prefix string) bool {
	rest, ok := strings.CutPrefix(head, "ln"+prefix)
	if !ok || rest == "" {
		return ok
	}
	digits := strings.TrimRight(rest, "munp")
	return len(rest)-len(digits) <= 1 && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// tags reads fields of five-bit groups: a type, two groups of length, data.
func (s *scan) tags(data []byte) error {
	seen := make(map[byte]bool)
	s.finalCLTV = finalCLTV
	for len(data) > 0 {
		if len(data) < 3 {
			return fmt.Errorf("the last field is cut")
		}
		tag, size := data[0], int(number(data[1:3]))
		if data = data[3:]; len(data) < size {
			return fmt.Errorf("the last field is cut")
		}
		field := data[:size]
		data = data[size:]
		name, single := singleTags[tag]
		if single && seen[tag] {
			return fmt.Errorf("two fields %c", name)
		}
		seen[tag] = true
		switch name {
		case 'p':
			if size != 52 {
				return fmt.Errorf("a payment hash of %d characters", size)
			}
			s.hash = hashOf(field)
		case 'c':
			if size > 12 {
				return fmt.Errorf("%d characters of blocks", size)
			}
			s.finalCLTV = number(field)
		}
	}
	if !seen[1] {
		return fmt.Errorf("no payment hash")
	}
	return nil
}

// number reads groups of five bits, twelve at most, the highest first.
func number(groups []byte) int64 {
	n := int64(0)
	for _, g := range groups {
		n = n<<5 | int64(g)
	}
	return n
}

// hashOf reads 52 groups: 256 bits and four more.
func hashOf(groups []byte) (h Hash) {
	bits, have, at := 0, 0, 0
	for _, g := range groups {
		bits, have = bits<<5|int(g), have+5
		if have >= 8 && at < len(h) {
			have -= 8
			h[at] = byte(bits >> have)
			at++
			bits &= 1<<have - 1
		}
	}
	return h
}
