package command_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"sort"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// asks are the commands that need no full word, and why.
var asks = map[string]string{
	"help": "looks", "about": "looks", "balance": "looks", "pending": "looks", "history": "looks", "tx": "looks", "apps": "looks",
	"receive": "shows what others may pay", "pay": "waits for its code",
}

// changing is what to say behind the word of each command that changes
// something, so that it would.
var changing = map[string]string{
	"register": "zorro", "address": "new tea", "confirm": "{code}", "cancel": "{code}", "request": "5 bob", "mute": "bob", "unmute": "carol", "link": "lime other budget 10/day",
	"app": "robo pause", "allow": "{code}", "deny": "{code}", "unlink": "robo", "name": "zorro yes", "set": "notify off", "limit": "5 yes",
	"unregister": "yes",
}

func TestEveryCommandSaysWhetherItChanges(t *testing.T) {
	for _, cmd := range command.Index {
		_, said := changing[cmd.Name]
		if _, only := asks[cmd.Name]; only == said || said != (cmd.Changes != nil) {
			t.Errorf("%s: Changes is %v; the tests say that it asks: %v, that it changes: %v", cmd.Name, cmd.Changes != nil, only, said)
		}
	}
}

// No beginning of a word of any language, and no word of another than the
// user's, changes anything.
func TestNoGuessChangesAnything(t *testing.T) {
	s := newScene(t, dbtest.SQLite(t))
	s.direct("apps on", nil)
	s.enrol("ann", "bob", "carol")
	s.must("ann", "", "mute carol")
	s.pays("ann", 50_000, 6)
	s.must("ann", "", "link lime robo budget 100/day")
	code := s.order("ann", "", "pay 500 bob")
	for _, lang := range s.words.Languages() {
		s.must("ann", "", s.words.Word(s.user("ann").Lang, "set")+" language "+lang)
		own := s.words.Commands(lang)
		for name, rest := range changing {
			for _, word := range guesses(s.words, own[name], name) {
				s.changesNothing("ann", word+" "+placeholder.ReplaceAllString(rest, code))
			}
		}
		for _, word := range guesses(s.words, nil, "register") {
			if len(s.words.Speaks(word)) == 0 { // a whole word says which language is spoken
				s.changesNothing("eve", word+" zorro")
			}
		}
	}
}

// And the whole words do, so that the table above is about something.
func TestTheWholeWordChangesSomething(t *testing.T) {
	for name, rest := range changing {
		if name == "allow" || name == "deny" {
			continue // an app must have asked
		}
		t.Run(name, func(t *testing.T) {
			s := newScene(t, dbtest.SQLite(t))
			s.direct("apps on", nil)
			s.enrol("ann", "bob", "carol")
			s.must("ann", "", "mute carol")
			s.pays("ann", 50_000, 6)
			s.must("ann", "", "link lime robo budget 100/day")
			code := s.order("ann", "", "pay 500 bob")
			who := "ann"
			if name == "register" {
				who = "eve"
			}
			before := s.everything()
			s.must(who, "", name+" "+placeholder.ReplaceAllString(rest, code))
			if s.everything() == before {
				t.Error("changed nothing")
			}
		})
	}
}

// guesses are the words by which a command may be guessed: beginnings of its
// words in every language, and its words of others than the user's.
func guesses(words *i18n.Catalogue, own []string, name string) (all []string) {
	for _, lang := range words.Languages() {
		for _, w := range words.Commands(lang)[name] {
			runes := []rune(w)
			for n := 1; n <= len(runes); n++ {
				if g := string(runes[:n]); !slices.Contains(all, g) && !slices.ContainsFunc(own, func(o string) bool { return i18n.Fold(o) == i18n.Fold(g) }) {
					all = append(all, g)
				}
			}
		}
	}
	return all
}

func (s *scene) changesNothing(who, line string) {
	s.t.Helper()
	before := s.everything()
	r, err := s.says(who, "", line)
	if s.everything() != before {
		s.t.Errorf("%s says %q, and something changed: %q", who, line, s.heard(r, err))
	}
}

// everything is a hash of all that the database holds, but for the keys of
// requests.
func (s *scene) everything() string {
	s.t.Helper()
	var tables []string
	if err := sqlx.SelectContext(s.t.Context(), s.desk.DB.Read(), &tables, `SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'request'`); err != nil {
		s.t.Fatal(err)
	}
	h := sha256.New()
	for _, table := range tables {
		rows, err := s.desk.DB.Read().QueryxContext(s.t.Context(), `SELECT * FROM "`+table+`"`)
		if err != nil {
			s.t.Fatal(err)
		}
		var lines []string
		for rows.Next() {
			row, err := rows.SliceScan()
			if err != nil {
				s.t.Fatal(err)
			}
			lines = append(lines, fmt.Sprint(row...))
		}
		if err := rows.Err(); err != nil {
			s.t.Fatal(err)
		}
		sort.Strings(lines)
		fmt.Fprintln(h, table, lines)
	}
	return string(h.Sum(nil))
}
