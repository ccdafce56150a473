package command

import (
	"strings"
	"unicode"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/i18n"
)

// cutAmount takes the amount off the front of a line that begins with one.
func cutAmount(words []string) (string, []string) {
	if len(words) == 0 || !startsNumber(words[0]) {
		return "", words
	}
	text, rest := amount.Cut(strings.Join(words, " "))
	words = strings.Fields(rest)
	if len(words) > 0 && thousandths[strings.ToLower(words[0])] {
		text, words = text+" "+words[0], words[1:]
	}
	return text, words
}

// thousandths are names of a unit that nobody counts in here. As the first
// word of a note they would make a thousand times too much of an amount.
var thousandths = map[string]bool{"msat": true, "msats": true, "millisat": true, "millisats": true, "millisatoshi": true, "millisatoshis": true}

// startsNumber tells amounts, good or bad, from names, addresses and memos.
func startsNumber(word string) bool {
	for _, r := range word {
		return unicode.IsDigit(r) || strings.ContainsRune("+-.,₿€$£", r)
	}
	return false
}

// codeOf is a code as somebody types it: in any case, perhaps in the brackets
// of the list or with the full stop of a sentence. It is "" if nothing else is
// there.
func codeOf(text string) string {
	return strings.Trim(strings.ToLower(i18n.Clip(text, 40)), " .,;:!?*'\"`«»()[]<>")
}
