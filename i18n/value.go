package i18n

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"github.com/bitcoim/bitcoim/amount"
)

// number returns a value as a whole number, exactly or not at all. JSON
// makes float64 or json.Number of what went in as int64.
func number(value any) (n int64, ok bool) {
	switch v := value.(type) {
	case int64:
		return v, true
	case int:
		return int64(v), true
	case int32:
		return int64(v), true
	case uint32:
		return int64(v), true
	case amount.Msat:
		return int64(v), true
	case json.Number:
		n, err := strconv.ParseInt(v.String(), 10, 64)
		return n, err == nil
	case float64:
		const exact = 1 << 53
		n = int64(v)
		return n, v > -exact && v < exact && float64(n) == v
	}
	return 0, false
}

// present reports whether a value counts as there.
func present(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case bool:
		return v
	}
	n, whole := number(value)
	return !whole || n != 0
}

// Clean takes out of a stranger's words what is not for showing: control
// characters (line ends become spaces), bidi controls, which could turn a
// sentence around, and what XML can not hold.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Noncharacter_Code_Point, r):
			return -1
		case r == '\uFEFF' || r >= 0xFFF9 && r <= 0xFFFB: // byte order mark, annotations
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
