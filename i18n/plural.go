package i18n

import (
	"fmt"
	"slices"

	"golang.org/x/text/feature/plural"
	bcp47 "golang.org/x/text/language"
)

// rule is which word of {n|plural|...} goes with a number.
type rule struct {
	whole []plural.Form // what whole numbers take, in the order of CLDR
	all   []plural.Form // the same, with what only fractions take
	of    func(n int64, whole bool) plural.Form
}

// inOrder are the categories of Unicode CLDR, in its order.
var inOrder = []plural.Form{plural.Zero, plural.One, plural.Two, plural.Few, plural.Many, plural.Other}

// named are the rules that [locale] plural may name, of two words each.
var named = map[string]rule{
	"one":         pair(func(n int64) bool { return n == 1 || n == -1 }),
	"zero or one": pair(func(n int64) bool { return n >= -1 && n <= 1 }),
	"never":       pair(func(int64) bool { return false }),
}

func pair(first func(n int64) bool) rule {
	forms := []plural.Form{plural.One, plural.Other}
	return rule{forms, forms, func(n int64, whole bool) plural.Form {
		if whole && first(n) {
			return plural.One
		}
		return plural.Other
	}}
}

// ruleOf is the rule of a language by CLDR. One that CLDR does not know has one word.
func ruleOf(tag string) rule {
	lang := bcp47.Make(tag)
	r := rule{of: func(n int64, whole bool) plural.Form {
		if !whole { // five tenths: of other fractions it is known less, and the words are the same
			return plural.Cardinal.MatchPlural(lang, 0, 1, 1, 5, 5)
		}
		return plural.Cardinal.MatchPlural(lang, reduced(n), 0, 0, 0, 0)
	}}
	seen := map[plural.Form]bool{}
	for n := range int64(201) { // rules go by the last two digits
		seen[r.of(n, true)] = true
	}
	seen[r.of(1_000_000, true)] = true
	has := func(f plural.Form) bool { return !seen[f] }
	r.whole = slices.DeleteFunc(slices.Clone(inOrder), has)
	seen[r.of(0, false)], seen[plural.Other] = true, true
	r.all = slices.DeleteFunc(slices.Clone(inOrder), has)
	return r
}

// reduced is a number with the same form as n, of which an int of any size has room:
// rules look at small numbers and at the last six digits.
func reduced(n int64) int {
	const million = 1_000_000
	u := uint64(n)
	if n < 0 {
		u = -u // also right for the smallest int64
	}
	if u >= million {
		u = million + u%million
	}
	return int(u)
}

// takes says how many words a plural may have.
func (r rule) takes(words int) bool { return words == len(r.whole) || words == len(r.all) }

// choose picks the word that goes with n, or with a number that is not whole. A fraction
// takes the last word, if it has none of its own.
func (r rule) choose(n int64, whole bool, of []phrase) phrase {
	forms := r.all
	if len(of) == len(r.whole) {
		forms = r.whole
	}
	if i := slices.Index(forms, r.of(n, whole)); i >= 0 {
		return of[i]
	}
	return of[len(of)-1]
}

// misfit is an error for a plural that has not as many words as the language takes.
func (p phrase) misfit(r rule) error {
	for _, hole := range p {
		if hole.form == "plural" && !r.takes(len(hole.of)) {
			return fmt.Errorf("{%s|plural} has too few or too many words: %d, and the language takes them for %v, or %v", hole.name, len(hole.of), r.whole, r.all)
		}
		for _, words := range hole.of {
			if err := words.misfit(r); err != nil {
				return err
			}
		}
	}
	return nil
}
