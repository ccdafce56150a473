package command

import (
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

// optional is choice for an argument that may be missing: ok is false if it is
// there and means none of the values.
func (c *Call) optional(field string, values ...string) (value string, ok bool) {
	value = c.choice(field, values...)
	return value, value != "" || c.Arg(field) == ""
}
