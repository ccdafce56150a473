package i18n

import (
	"maps"
	"slices"
	"testing"
)

// These tests hold the built-in languages to the reference.

func builtIn(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryLanguageHasEveryPhrase(t *testing.T) {
	c := builtIn(t)
	reference := c.languages[Reference]
	for _, tag := range c.Languages() {
		l := c.languages[tag]
		for key, want := range reference.phrases {
			got, ok := l.phrases[key]
			if !ok {
				t.Errorf("%s: %q is missing", tag, key)
			} else if !slices.Equal(got.holes(), want.holes()) {
				t.Errorf("%s: %q has the placeholders %q, the reference %q", tag, key, got.holes(), want.holes())
			} else if len(got) == 0 && len(want) > 0 {
				t.Errorf("%s: %q is empty", tag, key)
			}
		}
		for key := range l.phrases {
			if _, ok := reference.phrases[key]; !ok {
				t.Errorf("%s: %q is not in the reference", tag, key)
			}
		}
	}
}

func TestEveryLanguageHasAWordForEveryCommand(t *testing.T) {
	c := builtIn(t)
	names := slices.Sorted(maps.Keys(c.languages[Reference].words))
	for _, tag := range c.Languages() {
		l := c.languages[tag]
		for _, name := range names {
			if len(l.words[name]) == 0 || l.words[name][0] == "" {
				t.Errorf("%s: no word for %s", tag, name)
			}
			for _, about := range []string{"title", "usage", "summary"} {
				if _, ok := l.phrases["command."+name+"."+about]; !ok {
					t.Errorf("%s: command.%s.%s is missing", tag, name, about)
				}
			}
		}
	}
}

// Whoever types a whole word is understood, whatever the language.
func TestEveryWordMeansOneCommand(t *testing.T) {
	c := builtIn(t)
	for _, tag := range c.Languages() {
		for name, words := range c.languages[tag].words {
			for _, word := range words {
				if got := c.FindCommand(tag, word); !slices.Equal(got, []string{name}) {
					t.Errorf("%s: %q calls %q, want %s", tag, word, got, name)
				}
			}
		}
	}
}

// Words that people say to each other call no command: as a beginning they
// would, and would mean a command that nobody thought of.
func TestEveryLanguageHasItsLittleWords(t *testing.T) {
	c := builtIn(t)
	for _, tag := range c.Languages() {
		for use := range c.languages[Reference].little {
			if len(c.languages[tag].little[use]) == 0 {
				t.Errorf("%s: no little words for %q", tag, use)
			}
		}
		for _, word := range c.languages[tag].little["talk"] {
			for _, lang := range c.Languages() {
				if got := c.FindCommand(lang, word); got != nil {
					t.Errorf("%s: %q calls %q in %s", tag, word, got, lang)
				}
			}
		}
	}
}

// A language shows its numbers, dates and units without asking another.
func TestEveryLanguageIsWhole(t *testing.T) {
	c := builtIn(t)
	for _, key := range []string{
		"unit.sat", "unit.bit", "unit.mbtc", "unit.btc", "value.yes", "value.no", "form.date", "form.time",
		"month.1", "month.12", "for.seconds", "for.minutes", "for.hours", "for.days",
	} {
		if _, ok := c.languages[Reference].phrases[key]; !ok {
			t.Errorf("the engine needs %q", key)
		}
	}
	for _, tag := range c.Languages() {
		for _, key := range []string{"language." + tag, "choice.language." + tag} { // in help, and in forms
			if _, ok := c.Args(key); !ok {
				t.Errorf("the language %s has no name: %s", tag, key)
			}
		}
	}
}
