package i18n

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// phrase is a text with places to fill.
type phrase []part

// part is plain text if it has no name, else a placeholder.
type part struct {
	text string
	name string
	form string
	of   []phrase // the words of plural and if
}

// forms are the forms there are, with the number of words each takes. How many plural
// takes is the language's (plural.go); here it has one at least.
var forms = map[string]int{
	"text": 0, "said": 0, "int": 0, "money": 0, "btc": 0, "both": 0, "date": 0, "time": 0, "for": 0, "word": 0, "command": 0,
	"plural": 1, "if": 2,
}

var errBraces = errors.New("a brace is not closed, or not opened")

// parse reads a phrase.
func parse(text string) (phrase, error) {
	p, rest, err := parseUntil(text, "}")
	if err == nil && rest != "" {
		err = errBraces
	}
	return p, err
}

// parseUntil reads a phrase up to one of the stop characters, which stays in
// rest.
func parseUntil(text, stops string) (p phrase, rest string, err error) {
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			p = append(p, part{text: plain.String()})
			plain.Reset()
		}
	}
	for text != "" {
		switch c := text[0]; {
		case c == '\\' && len(text) > 1 && strings.IndexByte(`{}|\`, text[1]) >= 0:
			plain.WriteByte(text[1])
			text = text[2:]
		case strings.IndexByte(stops, c) >= 0:
			flush()
			return p, text, nil
		case c == '{':
			flush()
			var hole part
			if hole, text, err = parsePart(text[1:]); err != nil {
				return nil, "", err
			}
			p = append(p, hole)
		default:
			plain.WriteByte(c)
			text = text[1:]
		}
	}
	flush()
	return p, "", nil
}

// parsePart reads a placeholder behind its opening brace, with the closing.
func parsePart(text string) (hole part, rest string, err error) {
	end := strings.IndexAny(text, "|{}")
	if end < 0 {
		return hole, "", errBraces
	}
	hole = part{name: text[:end], form: "text"}
	if !isName(hole.name) {
		return hole, "", fmt.Errorf("{%s} is not a name", hole.name)
	}
	text = text[end:]
	if text[0] == '|' {
		if end = strings.IndexAny(text[1:], "|{}"); end < 0 {
			return hole, "", errBraces
		}
		hole.form, text = text[1:1+end], text[1+end:]
	}
	for text != "" && text[0] == '|' {
		var words phrase
		if words, text, err = parseUntil(text[1:], "|}"); err != nil {
			return hole, "", err
		}
		hole.of = append(hole.of, words)
	}
	if text == "" || text[0] != '}' {
		return hole, "", errBraces
	}
	takes, known := forms[hole.form]
	if !known || takes != len(hole.of) && (hole.form != "plural" || len(hole.of) == 0) {
		return hole, "", fmt.Errorf("{%s|%s} is not a form, or has too few or too many words", hole.name, hole.form)
	}
	return hole, text[1:], nil
}

func isName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// holes lists the placeholders of p as "name|form", each once, sorted. if
// and plural count by their name alone: a language may have no use for them.
func (p phrase) holes() []string {
	var list []string
	for _, hole := range p {
		if hole.name == "" {
			continue
		}
		if len(hole.of) == 0 {
			list = append(list, hole.name+"|"+hole.form)
		}
		for _, words := range hole.of {
			list = append(list, words.holes()...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// names lists every name that p may ask for, sorted. The word of a command is
// asked of nobody: each language has it.
func (p phrase) names() []string {
	var list []string
	for _, hole := range p {
		if hole.name != "" && hole.form != "word" {
			list = append(list, hole.name)
		}
		for _, words := range hole.of {
			list = append(list, words.names()...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// beyond returns a name that p asks for and reference does not, or "".
func (p phrase) beyond(reference phrase) string {
	known := reference.names()
	for _, name := range p.names() {
		if !slices.Contains(known, name) {
			return name
		}
	}
	return ""
}

// unspoken returns a command whose word p says and that is not known, or "".
func (p phrase) unspoken(known map[string][]string) string {
	for _, hole := range p {
		if hole.form == "word" && known[hole.name] == nil {
			return hole.name
		}
		for _, words := range hole.of {
			if none := words.unspoken(known); none != "" {
				return none
			}
		}
	}
	return ""
}
