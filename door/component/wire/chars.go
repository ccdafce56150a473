package wire

import (
	"bytes"
	"unicode/utf8"
)

// Classes of bytes, by their place in XML 1.0.
const (
	special   = 1 << iota // in text or a value: needs a look
	nameStart             // may begin a name
	nameByte              // may go on in one
	space
)

// Names outside ASCII are legal XML, and no protocol here uses them: they are
// taken for malformed, because parsers differ about them.
var class = func() (t [256]uint8) {
	for b := range t {
		switch {
		case b == ' ':
			t[b] = space
		case b == '\t' || b == '\n' || b == '\r':
			t[b] = space
		case b < ' ' || b >= utf8.RuneSelf || b == '&' || b == '<':
			t[b] = special
		case b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_':
			t[b] = nameStart | nameByte
		case b >= '0' && b <= '9' || b == '-' || b == '.':
			t[b] = nameByte
		}
	}
	return t
}()

// legal reports whether b may stand between tags: UTF-8, characters that XML
// allows, known references, no markup and no ]]>.
func legal(b []byte) bool { return legalValue(b) && !bytes.Contains(b, []byte("]]>")) }

// legalValue is legal for what stands between the quotes of an attribute.
func legalValue(b []byte) bool {
	for i := 0; i < len(b); i++ {
		c := b[i]
		if class[c]&special == 0 {
			continue
		}
		switch {
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && n == 1 || !allowed(r) {
				return false
			}
			i += n - 1
		case c == '&':
			_, n := reference(b[i:])
			if n == 0 {
				return false
			}
			i += n - 1
		default: // < or a control character
			return false
		}
	}
	return true
}

// legalCDATA is legal for what stands between <![CDATA[ and ]]>.
func legalCDATA(b []byte) bool {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 || !allowed(r) {
			return false
		}
		i += n
	}
	return true
}

// allowed is the production Char of XML 1.0 §2.2, for what UTF-8 can say.
func allowed(r rune) bool {
	return r >= ' ' && r != 0xFFFE && r != 0xFFFF || r == '\t' || r == '\n' || r == '\r'
}

// reference reads the reference that b begins with. Without one, n is 0.
func reference(b []byte) (r rune, n int) {
	const longest = len("&#x0010FFFF;")
	end := 0
	for end = 1; ; end++ {
		if end == len(b) || end == longest {
			return 0, 0
		}
		if b[end] == ';' {
			break
		}
	}
	switch name := string(b[1:end]); name {
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "amp":
		return '&', end + 1
	case "apos":
		return '\'', end + 1
	case "quot":
		return '"', end + 1
	}
	if b[1] != '#' {
		return 0, 0
	}
	if r = number(b[2:end]); r < 0 || r >= 0xD800 && r < 0xE000 || !allowed(r) {
		return 0, 0
	}
	return r, end + 1
}

// number reads the decimal or, after an x, hexadecimal digits of a character
// reference. It returns -1 for what is no code point.
func number(b []byte) rune {
	base := rune(10)
	if len(b) > 0 && b[0] == 'x' {
		base, b = 16, b[1:]
	}
	if len(b) == 0 {
		return -1
	}
	var r rune
	for _, c := range b {
		d := rune(99)
		switch {
		case c >= '0' && c <= '9':
			d = rune(c - '0')
		case c >= 'a' && c <= 'f':
			d = rune(c-'a') + 10
		case c >= 'A' && c <= 'F':
			d = rune(c-'A') + 10
		}
		if d >= base {
			return -1
		}
		if r = r*base + d; r > utf8.MaxRune {
			return -1
		}
	}
	return r
}

// unescape resolves the references of a value that is legal.
func unescape(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '&' {
			out = append(out, b[i])
			continue
		}
		r, n := reference(b[i:])
		out = utf8.AppendRune(out, r)
		i += n - 1
	}
	return out
}
