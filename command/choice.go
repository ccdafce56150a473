package command

import "strings"

// choice finds which of the values an argument means: the value itself or
// its word in one of the languages. It returns "" for none.
func (c *Call) choice(field string, values ...string) string {
	return c.chosen(field, c.Arg(field), values...)
}

func (c *Call) chosen(field, word string, values ...string) string {
	if word == "" {
		return ""
	}
	for _, v := range values {
		if strings.EqualFold(word, v) {
			return v
		}
		for _, lang := range c.Words.Languages() {
			if strings.EqualFold(word, c.Words.Printer(lang, "").Say("choice."+field+"."+v, nil)) {
				return v
			}
		}
	}
	return ""
}
