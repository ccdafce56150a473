package component

import (
	"slices"
	"strconv"
)

// unquoted is a body without what is in it only for clients that know less
// (XEP-0428), such as the text that a reply quotes (XEP-0461): only what the
// user wrote now is a command.
func (q *Stanza) unquoted(text string) string {
	letters := []rune(text) // positions count code points
	cut := false
	for _, f := range q.Children {
		if f.Name.Local != "fallback" || f.Name.Space != nsFallback {
			continue
		}
		b := f.Child(nsFallback, "body")
		if cut || b == nil && len(f.Children) > 0 {
			continue // nobody quotes twice, unless to confuse
		}
		start, end := 0, len(letters) // without positions it is all of the body
		if s := b.Value("start"); s != "" {
			start, _ = strconv.Atoi(s)
		}
		if s := b.Value("end"); s != "" {
			end, _ = strconv.Atoi(s)
		}
		if start >= 0 && start <= end && end <= len(letters) {
			letters = slices.Delete(letters, start, end)
			cut = true
		}
	}
	return string(letters)
}
