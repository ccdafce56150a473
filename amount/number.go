package amount

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// number is a decimal number in parts.
type number struct {
	whole    string // ASCII digits, no zeros in front
	fraction string // ASCII digits, "" if there was no separator
	grouped  bool   // the whole part was grouped
}

// clear reports whether n can be read in one way only: 1.000 and 1,000 can
// not, for what the separator means depends on where one went to school.
func (n number) clear() bool {
	return len(n.fraction) != 3 || n.whole == "0" || n.grouped
}

// plain writes n, with its separator as the decimal one, so that it is clear.
func (n number) plain() string {
	fraction := strings.TrimRight(n.fraction, "0")
	switch {
	case fraction == "":
		return n.whole
	case len(fraction) == 3 && n.whole != "0":
		fraction += "0"
	}
	return n.whole + "." + fraction
}

// times writes n × 10^zeros, clearly.
func (n number) times(zeros int) string {
	fraction := n.fraction + strings.Repeat("0", zeros)
	whole := strings.TrimLeft(n.whole+fraction[:zeros], "0")
	if whole == "" {
		whole = "0"
	}
	return number{whole: whole, fraction: fraction[zeros:]}.plain()
}

// The phrases of a number that is none.
var (
	errNoNumber       = errors.New("amount.syntax")
	errManySeparators = errors.New("amount.separators")
)

// cutNumber takes a number from the start of s and gives back the unit word
// behind it, which is letters or one sign, or "".
func cutNumber(s string) (n number, word string, err error) {
	digits, s := cutDigits(s)
	if digits == "" || len(digits) > 1 && digits[0] == '0' {
		return n, "", errNoNumber
	}
	n.whole = digits
	for by := ""; ; {
		sep, group, rest := cutGroup(s)
		if group == "" {
			break
		}
		if by == "" && (len(n.whole) > 3 || n.whole == "0") || by != "" && sep != by || len(group) != 3 {
			return n, "", errNoNumber
		}
		n.whole, n.grouped, by, s = n.whole+group, true, sep, rest
	}
	if s != "" && (s[0] == '.' || s[0] == ',') {
		n.fraction, s = cutDigits(s[1:])
		if n.fraction == "" {
			return n, "", errNoNumber
		}
		if s != "" && (s[0] == '.' || s[0] == ',') {
			return n, "", errManySeparators
		}
	}
	word = strings.TrimLeftFunc(s, isSpace)
	if !isWord(word) {
		return n, "", errNoNumber
	}
	return n, word, nil
}

// cutGroup takes one grouping sign and the digits behind it.
func cutGroup(s string) (sep, group, rest string) {
	r, size := utf8.DecodeRuneInString(s)
	if r != '_' && r != '\'' && r != '’' && !isSpace(r) {
		return "", "", s
	}
	if group, rest = cutDigits(s[size:]); group == "" {
		return "", "", s
	}
	return s[:size], group, rest
}

func cutDigits(s string) (digits, rest string) {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return s[:i], s[i:]
}

// cutMinus takes a minus sign off s, typewriter's or typographer's.
func cutMinus(s string) (rest string, ok bool) {
	for _, sign := range []string{"-", "−", "–"} {
		if rest, ok = strings.CutPrefix(s, sign); ok {
			_, rest = frontSign(strings.TrimLeftFunc(rest, isSpace))
			return rest, true
		}
	}
	return s, false
}

// frontSign takes a currency sign off the start of s.
func frontSign(s string) (sign, rest string) {
	r, size := utf8.DecodeRuneInString(s)
	sign = s[:size]
	if _, ok := words[sign]; r >= utf8.RuneSelf && ok || r == '$' || r >= utf8.RuneSelf && fiat[sign] {
		return sign, strings.TrimLeftFunc(s[size:], isSpace)
	}
	return "", s
}

// isWord reports whether s could be a unit: ASCII letters, one currency
// sign, or nothing.
func isWord(s string) bool {
	if sign, rest := frontSign(s); sign != "" {
		return rest == ""
	}
	for _, c := range []byte(s) {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isSpace reports whether r is a space that people and programs put into
// numbers. Line ends are none.
func isSpace(r rune) bool {
	switch r {
	case ' ', '\u00A0', '\u2009', '\u202F', '\u2007':
		return true
	}
	return false
}
