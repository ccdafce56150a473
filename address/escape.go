package address

import "strings"

// escapes are the characters that a local part may not hold, with their
// escape sequences (XEP-0106 §3.2). Case is significant.
var escapes = map[byte]string{
	' ': `\20`, '"': `\22`, '&': `\26`, '\'': `\27`, '/': `\2f`,
	':': `\3a`, '<': `\3c`, '>': `\3e`, '@': `\40`,
}

// sequences is the way back, of the backslash too.
var sequences = func() map[string]byte {
	m := map[string]byte{`\5c`: '\\'}
	for c, s := range escapes {
		m[s] = c
	}
	return m
}()

// sequence returns the character of the escape sequence that s begins with.
func sequence(s string) (c byte, ok bool) {
	if len(s) < 3 {
		return 0, false
	}
	c, ok = sequences[s[:3]]
	return c, ok
}

// Escape writes text as the local part of a JID (XEP-0106 §4.2). A backslash
// is escaped only where it begins what looks like an escape sequence. Spaces
// at either end are dropped, for an escaped local part may neither begin nor
// end with one (§4.1). It does not lower case.
func Escape(text string) string {
	text = strings.Trim(text, " ")
	var b strings.Builder
	for i := range len(text) {
		s, special := escapes[text[i]]
		if _, ok := sequence(text[i:]); ok {
			s, special = `\5c`, true
		}
		if special {
			b.WriteString(s)
		} else {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// Unescape reads what Escape wrote (XEP-0106 §3.3). Everything else, such as
// a half sequence, a sequence in capitals, or \20 at either end, stays as it
// is. The result is for showing and looking up, never for comparing JIDs.
func Unescape(local string) string {
	var b strings.Builder
	for i := 0; i < len(local); i++ {
		c, ok := sequence(local[i:])
		if !ok || c == ' ' && (i == 0 || i+3 == len(local)) {
			b.WriteByte(local[i])
			continue
		}
		b.WriteByte(c)
		i += 2
	}
	return b.String()
}
