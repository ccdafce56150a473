package command

import (
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/wallet"
)

// find takes a word, of any language, or a unique beginning of one of the
// user's own. Of several commands those count that can be said here, and of
// those the ones that the user's own language calls so.
func (c *Call) find(word string) (*Command, error) {
	var found []*Command
	for _, name := range c.Words.FindCommand(c.Lang, word) {
		if cmd := c.named(name); cmd != nil {
			found = append(found, cmd)
		}
	}
	found = prefer(found, func(cmd *Command) bool { return cmd.Where&c.place() != 0 })
	if len(found) > 1 {
		words := c.Words.Commands(c.Lang)
		found = prefer(found, func(cmd *Command) bool {
			return slices.ContainsFunc(words[cmd.Name], func(w string) bool { return strings.HasPrefix(i18n.Fold(w), i18n.Fold(word)) })
		})
	}
	switch len(found) {
	case 0:
		return nil, c.unknown(word)
	case 1:
		return found[0], nil
	}
	var names []string
	for _, cmd := range found {
		names = append(names, c.word(cmd.Name))
	}
	return nil, wallet.ErrRequest.New(fault.Invalid, "command.ambiguous", fault.Args{"word": i18n.Clip(word, 40), "words": strings.Join(names, ", ")})
}

// hearLanguage takes the language of the word spoken, unless the user set one.
// Most clients say xml:lang="en", whatever their users speak.
func (c *Call) hearLanguage(word string) {
	if c.by.User != nil && c.by.User.Lang != "" {
		return
	}
	var n int
	c.Lang, n = c.spoken(c.Lang, word)
	c.heard = n == 1
}

// spoken is the language of a word, lang if that is one of the n in which it is a
// command's, or if there is none.
func (c *Call) spoken(lang, word string) (_ string, n int) {
	langs := c.Words.Speaks(word)
	if len(langs) > 0 && !slices.Contains(langs, lang) {
		lang = langs[0]
	}
	return lang, len(langs)
}

// isInFull reports whether word calls the command as the user's language does,
// whole. Programs may say the words of any language, but whole ones, too.
func (c *Call) isInFull(word string) bool {
	langs := []string{c.Lang}
	if !c.by.InPerson() {
		langs = c.Words.Languages()
	}
	return slices.ContainsFunc(langs, func(lang string) bool {
		return slices.ContainsFunc(c.Words.Commands(lang)[c.Command.Name], func(w string) bool { return i18n.Fold(w) == i18n.Fold(word) })
	})
}

// prefer keeps those that are good, or all if none is.
func prefer(all []*Command, good func(*Command) bool) []*Command {
	var kept []*Command
	for _, cmd := range all {
		if good(cmd) {
			kept = append(kept, cmd)
		}
	}
	if len(kept) == 0 {
		return all
	}
	return kept
}

// named is a command of the index, nil if there is none of that name.
func (c *Call) named(name string) *Command {
	for _, cmd := range c.Commands {
		if cmd.Name == name {
			return cmd
		}
	}
	return nil
}

// unknown is the fault of a word that nobody knows. It names the words that
// are a slip or two away.
func (c *Call) unknown(word string) error {
	return wallet.ErrRequest.New(fault.NotFound, "command.unknown", fault.Args{"word": i18n.Clip(word, 40), "help": c.word("help"),
		"near": strings.Join(c.near(word), ", ")})
}

// near lists the words for commands here that are closest to word, if any is
// close, in the user's language and in the reference. What changes something is
// offered for a single slip only: "please" is no wish to leave.
func (c *Call) near(word string) []string {
	typed := []rune(i18n.Fold(word))
	best := 2
	if len(typed) < 6 {
		best = 1
	}
	if len(typed) < 2 || len(typed) > 20 || c.Words.Little("talk", word) {
		return nil
	}
	var found []string
	for _, lang := range slices.Compact([]string{c.Lang, i18n.Reference}) {
		words := c.Words.Commands(lang)
		for _, cmd := range c.Commands {
			if cmd.Where&c.place() == 0 {
				continue
			}
			for _, w := range words[cmd.Name] {
				d := slips(typed, []rune(i18n.Fold(w)))
				if d > 1 && cmd.Changes != nil {
					continue
				}
				if d < best {
					best, found = d, nil
				}
				if d == best && !slices.Contains(found, w) {
					found = append(found, w)
				}
			}
		}
	}
	return found[:min(len(found), 3)]
}

// slips counts the letters to put in, leave out, change or swap with the next
// one to make b of a (optimal string alignment).
func slips(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(change, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
