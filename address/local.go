package address

import (
	"errors"
	"strconv"
	"strings"
)

// EncodeJID writes an address as the local part of a JID. Local parts have
// no case, so it is lower case, followed by "-" and the case mask in base
// 36: going from the last character to the first, each letter takes one bit,
// set if it is a capital. No capitals, no suffix. A bech32 address in
// capitals is the same address in lower case.
//
// The form is python-bitcoim's, and is in people's rosters.
func EncodeJID(addr string) (local string) {
	lower := strings.ToLower(addr)
	if looksSegwit(addr) {
		return lower
	}
	if mask := caseMask(addr); mask > 0 {
		return lower + "-" + strconv.FormatUint(mask, 36)
	}
	return lower
}

// caseMask has a bit for each of the last 64 letters of text, more than any
// base58 address has.
func caseMask(text string) uint64 {
	var mask, bit uint64 = 0, 1
	for i := len(text) - 1; i >= 0; i-- {
		switch c := text[i]; {
		case c >= 'A' && c <= 'Z':
			mask |= bit
			fallthrough
		case c >= 'a' && c <= 'z':
			bit <<= 1
		}
	}
	return mask
}

// DecodeJID is the inverse of EncodeJID for addresses of one network. It
// accepts a local part in exactly the form that EncodeJID gives it, so an
// address has one JID. Its faults are those of Parse, with the local part as
// {address} if it is no address.
func DecodeJID(local string, network Network) (Address, error) {
	text, suffix, cased := strings.Cut(local, "-")
	if cased {
		mask, err := strconv.ParseUint(suffix, 36, 64)
		if err != nil || len(text) > longest {
			return Address{}, refuse(ErrInvalid, local)
		}
		text = applyCase(text, mask)
	}
	a, err := Parse(text, network)
	switch {
	case err != nil && !errors.Is(err, ErrOtherNetwork):
		return Address{}, refuse(ErrInvalid, local)
	case err != nil:
		return Address{}, err
	case a.Local() != local:
		return Address{}, refuse(ErrInvalid, local)
	}
	return a, nil
}

// applyCase makes capitals of the letters that mask names.
func applyCase(text string, mask uint64) string {
	out := []byte(text)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i] < 'a' || out[i] > 'z' {
			continue
		}
		if mask&1 == 1 {
			out[i] -= 'a' - 'A'
		}
		mask >>= 1
	}
	return string(out)
}
