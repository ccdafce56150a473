package i18n

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// locale is how a language writes numbers. It stands in [locale].
type locale struct {
	group, decimal string
	plural         rule // that of CLDR, if [locale] plural names none
}

// read takes in one file, over what is there of its language already.
func (c *Catalogue) read(tag, text string) error {
	var tree map[string]any
	if _, err := toml.Decode(text, &tree); err != nil {
		return err
	}
	l := c.languages[tag]
	if l == nil {
		l = &language{
			tag:     tag,
			locale:  locale{group: "\u00A0", decimal: ".", plural: ruleOf(tag)},
			phrases: map[string]phrase{}, words: map[string][]string{}, little: map[string][]string{},
		}
		c.languages[tag] = l
	}
	var errs []error
	for _, table := range slices.Sorted(maps.Keys(tree)) {
		entries, ok := tree[table].(map[string]any)
		if !ok {
			errs = append(errs, fmt.Errorf("%q stands outside of any table", table))
			continue
		}
		prefix := table + "."
		if table == "phrase" {
			prefix = ""
		}
		errs = append(errs, l.take(prefix, entries))
	}
	return errors.Join(errs...)
}

// take stores the entries of a table, whose keys begin with prefix, and of
// the tables in it. Most are phrases; the words of commands and the locale
// are not.
func (l *language) take(prefix string, entries map[string]any) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		key := prefix + name
		switch value := entries[name].(type) {
		case map[string]any:
			errs = append(errs, l.take(key+".", value))
		case string:
			errs = append(errs, l.takeText(key, value))
		case []any:
			errs = append(errs, l.takeAliases(key, value))
		default:
			errs = append(errs, fmt.Errorf("%q is not text", key))
		}
	}
	return errors.Join(errs...)
}

func (l *language) takeText(key, value string) error {
	if name, ok := commandOf(key, ".word"); ok {
		if fold(value) == "" || strings.ContainsAny(value, " \t\n") {
			return fmt.Errorf("%q is not one word", key)
		}
		l.words[name] = append([]string{value}, tail(l.words[name])...)
		return nil
	}
	switch key {
	case "locale.group":
		l.locale.group = value
	case "locale.decimal":
		l.locale.decimal = value
	case "locale.plural":
		r, ok := named[value]
		if !ok {
			return fmt.Errorf("%q: no rule is called %q, but %q", key, value, slices.Sorted(maps.Keys(named)))
		}
		l.locale.plural = r
	default:
		p, err := parse(value)
		if err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
		l.phrases[key] = p
	}
	return nil
}

func (l *language) takeAliases(key string, values []any) error {
	if use, ok := strings.CutPrefix(key, "little."); ok {
		return l.takeLittle(use, values)
	}
	name, ok := commandOf(key, ".aliases")
	if !ok {
		return fmt.Errorf("%q is not text", key)
	}
	words := []string{""} // until the word itself is read
	if len(l.words[name]) > 0 {
		words[0] = l.words[name][0]
	}
	for _, value := range values {
		word, ok := value.(string)
		if !ok || fold(word) == "" || strings.ContainsAny(word, " \t\n") {
			return fmt.Errorf("%q: %v is not one word", key, value)
		}
		words = append(words, word)
	}
	l.words[name] = words
	return nil
}

// takeLittle stores the little words of one use; a file of the operator's
// replaces those of ours.
func (l *language) takeLittle(use string, values []any) error {
	var words []string
	for _, value := range values {
		word, ok := value.(string)
		if !ok || fold(word) == "" || strings.ContainsAny(word, " \t\n") {
			return fmt.Errorf("\"little.%s\": %v is not one word", use, value)
		}
		words = append(words, plain(word))
	}
	l.little[use] = words
	return nil
}

// commandOf returns the name in "command.<name><suffix>".
func commandOf(key, suffix string) (name string, ok bool) {
	name, ok = strings.CutPrefix(key, "command.")
	if !ok || !strings.HasSuffix(name, suffix) {
		return "", false
	}
	return strings.TrimSuffix(name, suffix), true
}

func tail(words []string) []string {
	if len(words) < 2 {
		return nil
	}
	return words[1:]
}
