package main

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/bitcoim/bitcoim/i18n"
)

// harmless is what somebody else wrote as a terminal may have it, which obeys
// control characters: its lines, without what i18n.Clean takes out of strangers'
// words in chat.
func harmless(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(i18n.Clean(line), " ")
	}
	return strings.Join(lines, "\n")
}

// shown is harmless with the lines behind the first indented, so that none is
// taken for what another said.
func shown(text string) string { return strings.ReplaceAll(harmless(text), "\n", "\n  ") }

// shownJSON is JSON of somebody else's for a terminal. What harmless takes out
// stands in JSON only within strings, where it can be written otherwise.
func shownJSON(b []byte) string {
	var text strings.Builder
	for _, r := range string(b) {
		switch {
		case r == '\n' || r == '\t' || i18n.Clean(string(r)) == string(r):
			text.WriteRune(r)
		case r <= 0xFFFF:
			fmt.Fprintf(&text, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&text, `\u%04x\u%04x`, high, low)
		}
	}
	return text.String()
}
