package command

import (
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/i18n"
)

// choice finds which of the values an argument means: the value itself or
// its word in one of the languages, in any case and without accents. It
// returns "" for none.
func (c *Call) choice(field string, values ...string) string {
	return c.chosen(field, c.Arg(field), values...)
}

func (c *Call) chosen(field, word string, values ...string) string {
	if word = i18n.Fold(strings.TrimSpace(word)); word == "" {
		return ""
	}
	for _, v := range values {
		if word == i18n.Fold(v) {
			return v
		}
		for _, lang := range c.Words.Languages() {
			if word == i18n.Fold(c.Words.Printer(lang, "").Say("choice."+field+"."+v, nil)) {
				return v
			}
		}
	}
	return ""
}

// inOneLanguage says the words of a line that are choices in the user's language:
// a line that is shown to be sent is not of two. What is a choice and also a name
// is said as it was, since choices come behind names. What is two choices is that of
// the later field, since words come in the order of fields.
func (c *Call) inOneLanguage(words []string) []string {
	words = slices.Clone(words)
	fields := slices.Clone(c.Command.Fields)
	if c.Command.Name == "set" {
		fields = append(fields, Field{Name: "value", Choices: []string{"auto", "on", "off"}})
	}
	fields = append(fields, Field{Name: "sure", Choices: []string{"yes", "no"}}) // behind all else
	p := c.Words.Printer(c.Lang, "")
	said := map[string]bool{}
	for i, word := range slices.Backward(words) {
		for _, f := range slices.Backward(fields) { // the last words are those of the last fields
			v := c.choice(f.Name, f.Choices...)
			if v == "" || said[f.Name] || c.chosen(f.Name, word, f.Choices...) != v {
				continue
			}
			words[i], said[f.Name] = p.Say("choice."+f.Name+"."+v, nil), true
			break
		}
	}
	return words
}

// optional is choice for an argument that may be missing: ok is false if it is
// there and means none of the values.
func (c *Call) optional(field string, values ...string) (value string, ok bool) {
	value = c.choice(field, values...)
	return value, value != "" || c.Arg(field) == ""
}
