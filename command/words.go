package command

import (
	"strings"
	"unicode"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/i18n"
)

// memoLength is how many characters of a memo are kept.
const memoLength = 200

// clip cleans a stranger's words and keeps n characters of them.
func clip(text string, n int) string {
	text = strings.TrimSpace(i18n.Clean(text))
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

// cutAmount takes the amount off the front of a line that begins with one.
func cutAmount(words []string) (string, []string) {
	if len(words) == 0 || !startsNumber(words[0]) {
		return "", words
	}
	text, rest := amount.Cut(strings.Join(words, " "))
	return text, strings.Fields(rest)
}

// startsNumber tells amounts, good or bad, from names, addresses and memos.
func startsNumber(word string) bool {
	for _, r := range word {
		return unicode.IsDigit(r) || strings.ContainsRune("+-.,₿€$£", r)
	}
	return false
}
