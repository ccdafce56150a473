package address

import (
	"slices"
	"strings"
	"unicode"

	"github.com/bitcoim/bitcoim/fault"
)

const (
	// bech32Letters are those that may follow the 1 of a bech32 address (BIP 173).
	bech32Letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	// base58Letters leave out 0, O, I and l, which look like others.
	base58Letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
)

// mistyped is the fault of text, whose checksum is wrong or cannot be computed:
// it names the first letter that is certainly wrong, if one is. What the right
// one would be is not said: who takes such a guess pays somebody else.
func mistyped(text string, misplaced func(string) int) error {
	letters := []rune(text)
	if at := misplaced(text); at >= 0 {
		return ErrMisplaced.With(fault.Args{
			"address": shown(text), "letter": shown(string(letters[at])), "at": int64(at + 1),
		})
	}
	return refuse(ErrMistyped, text)
}

// notBech32 is the place of the first letter that a bech32 address cannot have,
// -1 if there is none: one that is not in its alphabet, or not in the case that
// most of its letters have.
func notBech32(text string) int {
	ups, downs := 0, 0
	for _, r := range text {
		switch {
		case unicode.IsUpper(r):
			ups++
		case unicode.IsLower(r):
			downs++
		}
	}
	wrong := unicode.IsUpper
	if ups > downs {
		wrong = unicode.IsLower
	}
	one := strings.IndexByte(text, '1') // a second one is wrong
	return slices.IndexFunc([]rune(text), func(r rune) bool {
		one--
		return wrong(r) || one < -1 && !strings.ContainsRune(bech32Letters, unicode.ToLower(r))
	})
}

// notBase58 is the place of the first letter that base58 does not have.
func notBase58(text string) int {
	return slices.IndexFunc([]rune(text), func(r rune) bool { return !strings.ContainsRune(base58Letters, r) })
}

// looksSegwit reports whether text begins as a segwit address does.
func looksSegwit(text string) bool {
	text = strings.ToLower(text)
	return len(kinOf(func(n Network) bool { return strings.HasPrefix(text, n.params().Bech32HRPSegwit+"1") })) > 0
}

// looksBase58 reports whether text, which is not all base58, is certainly meant
// to be: it begins like an address, is as long, and has letters of both cases
// and digits, which no name and no word has.
func looksBase58(text string) bool {
	return len(text) > 24 && len(text) < 37 && strings.ContainsRune("123mn", rune(text[0])) &&
		strings.ContainsFunc(text, unicode.IsUpper) && strings.ContainsFunc(text, unicode.IsLower) &&
		strings.ContainsFunc(text[1:], unicode.IsDigit) &&
		!strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
