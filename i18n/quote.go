package i18n

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// strangers are the names of arguments that hold what somebody else wrote: a
// note, the description in an invoice or a payment link, what a service on the
// Internet said, the reason that somebody gave. A phrase shows them as {said},
// or it would speak for them in the gateway's voice.
var strangers = []string{"memo", "note", "comment", "description", "success", "reason", "tag", "param"}

var errSaidLast = errors.New("{said} stands at the end: a stranger's words have a line of their own")

// quotes is nil if the words of strangers that p shows are quoted, and stand
// where nothing of ours follows on the same line.
func (p phrase) quotes() error {
	for i, hole := range p {
		for _, words := range hole.of {
			if err := words.quotes(); err != nil {
				return err
			}
			if hasSaid(words) && i < len(p)-1 {
				return errSaidLast
			}
		}
		switch {
		case hole.form == "said" && i < len(p)-1 && p[i+1].form != "said":
			return errSaidLast
		case slices.Contains(strangers, hole.name) && hole.form != "said" && hole.form != "if":
			return fmt.Errorf("{%s} holds a stranger's words: write {%s|said}", hole.name, hole.name)
		}
	}
	return nil
}

func hasSaid(p phrase) bool {
	return slices.ContainsFunc(p, func(hole part) bool { return hole.form == "said" || slices.ContainsFunc(hole.of, hasSaid) })
}

// Quote shows what a stranger wrote as such: on one line, between quotation
// marks that it cannot close, without what Clean takes out, and so that no
// client makes a link of it.
func (p Printer) Quote(text string) string {
	text = strings.Join(strings.Fields(Clean(text)), " ")
	text = marks.Replace(text)
	return p.Say("form.said", map[string]any{"text": unlinked(text)})
}

// marks are quotation marks that could end the quotation.
var marks = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`)

// unlinked puts in brackets the letters by which clients know an address: the
// colon behind a scheme, the @, and the dot of a domain. It can still be read.
// Nobody follows a link that stands in somebody else's note by a slip.
func unlinked(text string) string {
	var b strings.Builder
	letters := []rune(text)
	for i, r := range letters {
		if i > 0 && i+1 < len(letters) && joins(letters[i-1], r, letters[i+1]) {
			b.WriteString("[" + string(r) + "]")
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// joins reports whether r stands between two letters as in an address.
func joins(before, r, after rune) bool {
	switch r {
	case ':':
		return unicode.IsLetter(before) && !unicode.IsSpace(after)
	case '@':
		return !unicode.IsSpace(before) && !unicode.IsSpace(after)
	case '.', '\u3002', '\uFF0E', '\uFF61': // RFC 3490 §3.1
		return !unicode.IsSpace(before) && unicode.IsLetter(after)
	}
	return false
}
