package i18n

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// command is a command with the folded words that find it.
type command struct {
	name  string
	words []string
}

// index collects the words of all commands from all languages.
func (c *Catalogue) index() {
	names := map[string]int{}
	c.speaks = map[string][]string{}
	for _, tag := range c.Languages() {
		for name, words := range c.languages[tag].words {
			i, ok := names[name]
			if !ok {
				i = len(c.commands)
				names[name] = i
				c.commands = append(c.commands, command{name: name, words: []string{fold(name)}})
			}
			for _, word := range words {
				if word = fold(word); word == "" {
					continue
				}
				if !slices.Contains(c.commands[i].words, word) {
					c.commands[i].words = append(c.commands[i].words, word)
				}
				if !slices.Contains(c.speaks[word], tag) {
					c.speaks[word] = append(c.speaks[word], tag)
				}
			}
		}
	}
	slices.SortFunc(c.commands, func(a, b command) int { return strings.Compare(a.name, b.name) })
}

// FindCommand returns the canonical names of the commands that word may
// mean, in alphabetical order: one if it is clear, none if nobody knows it.
// Whole words of all languages count, in any case and without their accents. A
// whole word beats the beginning of one, which counts in lang alone: the
// beginnings of another language's words are words of one's own.
func (c *Catalogue) FindCommand(lang, word string) (names []string) {
	word = fold(word)
	if word == "" {
		return nil
	}
	for _, cmd := range c.commands {
		if slices.Contains(cmd.words, word) {
			names = append(names, cmd.name)
		}
	}
	if names != nil || c.Little("talk", word) {
		return names
	}
	for name, words := range c.Commands(lang) {
		if slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(fold(w), word) }) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Speaks lists the languages in which word is a command's, whole, in
// alphabetical order.
func (c *Catalogue) Speaks(word string) (tags []string) { return slices.Clone(c.speaks[fold(word)]) }

// Little reports whether a word is one of the little words that any language
// has for a use: "to" stands before whom to pay, "from" before whom to ask,
// "whom" is those of both before which nothing but somebody stands, "talk" is
// said among people and abbreviates no command.
func (c *Catalogue) Little(use, word string) bool {
	word = plain(word)
	for _, l := range c.languages {
		if slices.Contains(l.little[use], word) {
			return true
		}
	}
	return false
}

// plain is lower case with the accents: "à" is a little word, and "a" another.
func plain(word string) string { return norm.NFC.String(strings.ToLower(word)) }

// Commands returns, for every command by its canonical name, the words that
// call it in lang: the one to show first, then its aliases. A language that
// has none for a command shows the reference's.
func (c *Catalogue) Commands(lang string) map[string][]string {
	l := c.languages[c.Match(lang)]
	all := map[string][]string{}
	for _, cmd := range c.commands {
		words := l.words[cmd.name]
		if len(words) == 0 || words[0] == "" {
			words = append([]string{c.Word(lang, cmd.name)}, tail(words)...)
		}
		all[cmd.name] = slices.Clone(words)
	}
	return all
}

// Word returns the word to show for a command in lang. A command without one
// is called by its name.
func (c *Catalogue) Word(lang, name string) string {
	for _, tag := range []string{c.Match(lang), Reference} {
		if words := c.languages[tag].words[name]; len(words) > 0 && words[0] != "" {
			return words[0]
		}
	}
	return name
}

// Word returns the word to show for a command in the printer's language.
func (p Printer) Word(name string) string { return p.c.Word(p.l.tag, name) }

// Fold makes words comparable: lower case, without accents.
func Fold(word string) string { return fold(word) }

// fold makes words comparable: lower case, without accents.
func fold(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(strings.ToValidUTF8(word, "")))
}
