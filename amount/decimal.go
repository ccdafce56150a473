package amount

import (
	"errors"
	"strconv"
	"strings"
)

// Format writes m in units of u, exactly: no rounding, no zeros at the end.
// The whole part is cut in threes by group ("" for none) and the fraction
// starts after decimal. The unit itself is not written.
func Format(m Msat, u Unit, group, decimal string) string {
	n, sign := uint64(m), ""
	if m < 0 {
		n, sign = -n, "-" // also right for the smallest int64
	}
	size := uint64(u.Size())
	whole := strconv.FormatUint(n/size, 10)
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteRune(digit)
	}
	if rest := n % size; rest > 0 {
		digits := strconv.FormatUint(rest, 10)
		b.WriteString(decimal)
		b.WriteString(strings.TrimRight(strings.Repeat("0", u.decimals()-len(digits))+digits, "0"))
	}
	return b.String()
}

// BTC writes m as a plain decimal of BTC, as payment URIs (BIP 321) want it.
func (m Msat) BTC() string { return Format(m, InBTC, "", ".") }

// What ParseBTC can say.
var (
	errSyntax    = errors.New("amount: not a plain decimal number")
	errPrecision = errors.New("amount: finer than a millisatoshi")
	errTooMuch   = errors.New("amount: more than there can be")
)

// ParseBTC reads a plain decimal of BTC as nodes and payment URIs write it:
// digits with perhaps a dot among them, perhaps a minus in front. It is
// exact, and fails beyond 21 million BTC.
func ParseBTC(text string) (Msat, error) {
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if !isDigits(whole + fraction) {
		return 0, errSyntax
	}
	m, err := scale(whole, fraction, BTC)
	if negative {
		m = -m
	}
	return m, err
}

// scale computes whole.fraction × size. Both parts are ASCII digits or
// empty; size is a power of ten.
func scale(whole, fraction string, size Msat) (Msat, error) {
	fraction = strings.TrimRight(fraction, "0")
	var n Msat
	for _, digit := range []byte(whole) {
		d := Msat(digit - '0')
		if n > (Max/size-d)/10 { // before it can overflow
			return 0, errTooMuch
		}
		n = n*10 + d
	}
	n *= size
	for _, digit := range []byte(fraction) {
		if size == 1 {
			return 0, errPrecision
		}
		size /= 10
		n += Msat(digit-'0') * size
	}
	if n > Max {
		return 0, errTooMuch
	}
	return n, nil
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
