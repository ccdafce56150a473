package component

import (
	"strings"
	"unicode"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/i18n"
)

// asksNoNode are the commands that wait for nobody outside: a few workers are kept for
// them, and for whatever is no command.
func asksNoNode(all []*command.Command) (names []string) {
	for _, c := range all {
		if c.AsksNoNode {
			names = append(names, c.Name)
		}
	}
	return names
}

// wordsOf are the whole words that call commands in the languages that there are,
// as i18n.Fold has them.
func wordsOf(cat *i18n.Catalogue, commands []string) map[string]bool {
	all := map[string]bool{}
	for _, name := range commands {
		all[i18n.Fold(name)] = true
		for _, lang := range cat.Languages() {
			for _, word := range cat.Commands(lang)[name] {
				all[i18n.Fold(word)] = true
			}
		}
	}
	return all
}

// goesFirst reports whether q is answered from what we have, so that it need not
// stand behind those who wait for a node or for a host of a stranger's choice.
func (c *Component) goesFirst(q *Stanza) bool {
	if q.Kind != "message" {
		if q.Type == "set" && q.Child(nsRegister, "query") != nil {
			return c.quick["register"] // the same command
		}
		e := q.Child(nsCommands, "command")
		return e == nil || c.quick[i18n.Fold(commandName(e.Value("node")))]
	}
	text, _, said := q.body()
	if !said {
		return true
	}
	word := text
	if end := strings.IndexFunc(text, unicode.IsSpace); end >= 0 {
		word = text[:end]
	}
	return len(word) <= longestWord && c.quick[i18n.Fold(word)]
}

// longestWord is how many bytes a word is looked at with: longer ones call nothing.
const longestWord = 64
