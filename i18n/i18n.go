// Package i18n turns phrase keys into words. Catalogues are TOML files of
// phrases with named placeholders, {name} or {name|form}, where form says how
// a value is shown:
//
//	{x}, {x|text}            as it is, without control and bidi characters
//	{x|said}                 a stranger's words, quoted on a line of their own
//	{n|int}                  a whole number, grouped: 20 000
//	{m|money}                msat in the user's unit: 20 000 sat
//	{m|btc}                  msat in BTC: 0.0002 BTC
//	{m|both}                 the user's unit and BTC (or sat): 20 000 sat (0.0002 BTC)
//	{t|date} {t|time}        Unix seconds, UTC: 21 Nov 2026, 21 Nov 10:02
//	{s|for}                  seconds: 10 min, 2 days
//	{n|plural|order|orders}  the word that goes with the number n (below)
//	{x|if|with|without}      by whether x is there: not "", 0, false or absent
//	{pay|word}               the word of the command pay in this language; no argument
//	{x|command}              the same of the command whose name x is
//
// A plural has a word for each category that CLDR has for the language, in the order
// zero, one, two, few, many, other. What only fractions take may be left out: Polish has
// three words for whole numbers (one, few, many), or four. A file may name a rule of two
// words in its [locale] instead.
//
// Arguments that hold what a stranger wrote are known by their names, and can
// be shown as {said} only, at the end of a phrase (quote.go).
//
// The words of plural and if may hold placeholders. Braces, bars and
// backslashes that are meant as such are written with a backslash before.
package i18n

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
)

// Reference is the language that has every phrase, and that is spoken where
// nothing else is known.
const Reference = "en"

//go:embed *.toml
var embedded embed.FS

// Catalogue holds the phrases of all languages. It does not change after
// Load and may be used by many at once.
type Catalogue struct {
	languages map[string]*language
	commands  []command
	speaks    map[string][]string // languages by the folded words of their commands, in order
}

// language is one file.
type language struct {
	tag     string
	locale  locale
	phrases map[string]phrase
	words   map[string][]string // of a command: its word, then its aliases
	little  map[string][]string // words that are no commands, in lower case, by what they are for
}

// Load reads the built-in languages and lets the files <lang>.toml of
// overrideDir, if it is not empty, replace single phrases. The same
// directory may add languages. The error names every file and key that is
// wrong.
func Load(overrideDir string) (*Catalogue, error) {
	if overrideDir == "" {
		return LoadFS(embedded, nil)
	}
	return LoadFS(embedded, os.DirFS(overrideDir))
}

// LoadFS is Load from other places. overrides may be nil.
func LoadFS(files, overrides fs.FS) (*Catalogue, error) {
	c := &Catalogue{languages: map[string]*language{}}
	var errs []error
	for _, from := range []fs.FS{files, overrides} {
		if from != nil {
			errs = append(errs, c.readAll(from))
		}
	}
	if c.languages[Reference] == nil {
		errs = append(errs, fmt.Errorf("i18n: there is no %s.toml", Reference))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	c.index()
	return c, nil
}

func (c *Catalogue) readAll(from fs.FS) error {
	names, err := fs.Glob(from, "*.toml")
	if err != nil {
		return err
	}
	if _, err := fs.Stat(from, "."); err != nil {
		return fmt.Errorf("i18n: %w", err)
	}
	var errs []error
	for _, name := range names {
		data, err := fs.ReadFile(from, name)
		if err == nil {
			err = c.read(strings.ToLower(strings.TrimSuffix(path.Base(name), ".toml")), string(data))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("i18n: %s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

// check compares every language with the reference: no unknown phrases, and
// no placeholders that nobody fills. Missing phrases are no error here, for
// the reference stands in.
func (c *Catalogue) check() error {
	var errs []error
	known := c.languages[Reference].phrases
	for _, tag := range c.Languages() {
		l := c.languages[tag]
		for _, key := range slices.Sorted(maps.Keys(l.phrases)) {
			if reference, ok := known[key]; !ok {
				errs = append(errs, fmt.Errorf("i18n: %s: no phrase is called %q", tag, key))
			} else if err := l.phrases[key].quotes(); err != nil {
				errs = append(errs, fmt.Errorf("i18n: %s: %q: %w", tag, key, err))
			} else if extra := l.phrases[key].beyond(reference); extra != "" {
				errs = append(errs, fmt.Errorf("i18n: %s: %q has {%s}, which is not in %s", tag, key, extra, Reference))
			} else if err := l.phrases[key].misfit(l.locale.plural); err != nil {
				errs = append(errs, fmt.Errorf("i18n: %s: %q: %w", tag, key, err))
			} else if none := l.phrases[key].unspoken(c.languages[Reference].words); none != "" {
				errs = append(errs, fmt.Errorf("i18n: %s: %q has {%s|word}, which is no command", tag, key, none))
			}
		}
		errs = append(errs, l.checkWords(c.languages[Reference].words))
	}
	return errors.Join(errs...)
}

// checkWords finds commands that are not known and words that mean two.
func (l *language) checkWords(known map[string][]string) error {
	var errs []error
	taken := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(l.words)) {
		if known[name] == nil {
			errs = append(errs, fmt.Errorf("i18n: %s: no command is called %q", l.tag, name))
		}
		for _, word := range l.words[name] {
			other, again := taken[fold(word)]
			if again && word != "" {
				errs = append(errs, fmt.Errorf("i18n: %s: %q calls both %s and %s", l.tag, word, other, name))
			}
			taken[fold(word)] = name
		}
	}
	return errors.Join(errs...)
}

// Keys lists the keys of all phrases, those of commands, units and months
// included, in alphabetical order.
func (c *Catalogue) Keys() []string {
	return slices.Sorted(maps.Keys(c.languages[Reference].phrases))
}

// Args lists the names of the arguments that a phrase may ask for, in
// alphabetical order, and whether there is such a phrase.
func (c *Catalogue) Args(key string) (names []string, ok bool) {
	p, ok := c.languages[Reference].phrases[key]
	return p.names(), ok
}

// Languages lists the tags of all languages in alphabetical order.
func (c *Catalogue) Languages() []string {
	return slices.Sorted(maps.Keys(c.languages))
}

// Match picks the language of the first tag that we speak, or that is a
// variant of one we speak (RFC 4647 §3.4: "fr-CA" finds "fr"), else the
// reference. Give the user's setting first, then the xml:lang, then what the
// operator prefers.
func (c *Catalogue) Match(tags ...string) string {
	for _, tag := range tags {
		tag = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(tag)), "_", "-")
		for tag != "" {
			if c.languages[tag] != nil {
				return tag
			}
			tag = tag[:max(0, strings.LastIndexByte(tag, '-'))]
		}
	}
	return Reference
}
