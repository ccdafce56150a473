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
// is said as it was, since choices come behind names.
func (c *Call) inOneLanguage(words []string) []string {
	words = slices.Clone(words)
	choices := map[string][]string{"sure": {"yes", "no"}}
	if c.Command.Name == "set" {
		choices["value"] = []string{"auto", "on", "off"}
	}
	for _, f := range c.Command.Fields {
		if len(f.Choices) > 0 {
			choices[f.Name] = f.Choices
		}
	}
	p := c.Words.Printer(c.Lang, "")
	for i, word := range slices.Backward(words) {
		for field, values := range choices {
			if v := c.choice(field, values...); v != "" && c.chosen(field, word, values...) == v {
				words[i] = p.Say("choice."+field+"."+v, nil)
				delete(choices, field)
				break
			}
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
