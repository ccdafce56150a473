package bolt11

import (
	"errors"
	"strings"
)

// prefixes are how invoices of a network begin, after "ln" (BOLT 11,
// "Human-Readable Part").
var prefixes = map[string]string{
	"mainnet": "bc", "testnet": "tb", "testnet4": "tb", "signet": "tbs", "regtest": "bcrt", "simnet": "sb",
}

// Prefix is how invoices of a network begin, after "ln": "bc" on "mainnet", "tb" on
// "testnet" and "testnet4", "tbs" on "signet", "bcrt" on "regtest", "sb" on "simnet".
// It is empty for other names.
func Prefix(network string) string { return prefixes[network] }

// OfNetwork reports whether a text begins as invoices of a network do, in lower case
// or capitals. It reads no further: the rest may be anything.
func OfNetwork(text, network string) bool {
	end := strings.LastIndexByte(text, '1')
	if end < 0 || Prefix(network) == "" {
		return false
	}
	prefix, _, ok := cutHead(strings.ToLower(text[:end]))
	return ok && prefix == Prefix(network)
}

// cutHead takes the human-readable part apart. Up to the first digit it is the
// prefix: "lnbc" begins also what is of another network, "lnbcrt".
func cutHead(head string) (prefix, amount string, ok bool) {
	rest, ok := strings.CutPrefix(head, "ln")
	digit := strings.IndexAny(rest, "0123456789")
	if digit < 0 {
		digit = len(rest)
	}
	return rest[:digit], rest[digit:], ok && digit > 0
}

func parseHead(head string) (prefix string, msat int64, err error) {
	prefix, amount, ok := cutHead(head)
	if !ok || strings.Trim(prefix, "abcdefghijklmnopqrstuvwxyz") != "" {
		return "", 0, errors.New("it does not begin as invoices do")
	}
	msat, err = parseAmount(amount)
	return prefix, msat, err
}

// maxMsat is all the bitcoin there will be, in millisatoshis.
const maxMsat = 21_000_000 * 100_000_000 * 1000

// tenths is how many tenths of a millisatoshi a multiplier stands for.
var tenths = map[byte]int64{'m': 1_000_000_000, 'u': 1_000_000, 'n': 1_000, 'p': 1}

// parseAmount reads digits with perhaps a multiplier behind them, in bitcoin. None is
// 0, which the payer chooses.
func parseAmount(text string) (msat int64, err error) {
	if text == "" {
		return 0, nil
	}
	digits, size := text, int64(1_000_000_000_000)
	if by, ok := tenths[text[len(text)-1]]; ok {
		digits, size = text[:len(text)-1], by
	}
	if digits == "" || len(digits) > 12 || digits[0] == '0' {
		return 0, errors.New("an amount that is no number")
	}
	n := int64(0)
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return 0, errors.New("an amount that is no number")
		}
		n = n*10 + int64(c-'0')
	}
	switch {
	case size == 1 && n%10 == 0:
		return n / 10, nil
	case size == 1:
		return 0, errors.New("a part of a millisatoshi")
	case n > maxMsat/(size/10):
		return 0, errors.New("more than there is")
	}
	return n * (size / 10), nil
}
