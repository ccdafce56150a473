package i18n_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/i18n"
)

// The words of some languages, and the numbers that they go with (CLDR,
// "Language Plural Rules").
func TestPluralsOfCLDR(t *testing.T) {
	for lang, tt := range map[string]struct {
		words string
		of    map[int64]string
	}{
		"de": {"Auftrag|Aufträge", map[int64]string{0: "Aufträge", 1: "Auftrag", -1: "Auftrag", 2: "Aufträge", 21: "Aufträge", 1_000_001: "Aufträge"}},
		"pl": {"one|few|many", map[int64]string{0: "many", 1: "one", 2: "few", 4: "few", 5: "many", 11: "many", 12: "many", 14: "many", 21: "many", 22: "few", 25: "many",
			101: "many", 102: "few", 112: "many", 1_000_000: "many", 1_000_001: "many", 1_000_002: "few", -2: "few", -1 << 63: "many"}},
		"ru": {"one|few|many", map[int64]string{0: "many", 1: "one", 2: "few", 4: "few", 5: "many", 11: "many", 14: "many", 21: "one", 22: "few", 25: "many", 101: "one",
			111: "many", 121: "one", 1_000_001: "one", 10_000_011: "many"}},
		"ar": {"zero|one|two|few|many|other", map[int64]string{0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 99: "many", 100: "other", 102: "other",
			103: "few", 111: "many", 200: "other", 1_000_001: "other"}},
		"cs":    {"one|few|other", map[int64]string{0: "other", 1: "one", 2: "few", 4: "few", 5: "other", 22: "other"}},
		"ja":    {"other", map[int64]string{0: "other", 1: "other", 2: "other"}},
		"pt-br": {"one|other", map[int64]string{0: "one", 1: "one", 2: "other"}},
		"tlh":   {"other", map[int64]string{1: "other"}}, // nothing is known of it
	} {
		c, err := i18n.LoadFS(files("en.toml", "[phrase]\np = '{n|plural|x|y}'"), files(lang+".toml", "[phrase]\np = '{n|plural|"+tt.words+"}'"))
		if err != nil {
			t.Errorf("%s: %v", lang, err)
			continue
		}
		for n, want := range tt.of {
			if got := c.Printer(lang, "").Say("p", map[string]any{"n": n}); got != want {
				t.Errorf("%s, %d: got %s, want %s", lang, n, got, want)
			}
		}
	}
}

// A fraction has a word of its own where a file gives one.
func TestAmountsThatAreNotWhole(t *testing.T) {
	en := files("en.toml", "[unit]\nbit = '{n|plural|bit|bits}'\n[phrase]\np = '{m|money}'")
	for words, want := range map[string][3]string{"bit|bity|bitów|bita": {"1 bit", "22 bity", "1.5 bita"}, "bit|bity|bitów": {"1 bit", "22 bity", "1.5 bitów"}} {
		c, err := i18n.LoadFS(en, files("pl.toml", "[unit]\nbit = '{n|plural|"+words+"}'"))
		if err != nil {
			t.Fatal(err)
		}
		p := c.Printer("pl", "bit")
		for i, msat := range []int64{100_000, 2_200_000, 150_000} {
			if got := strings.ReplaceAll(p.Say("p", map[string]any{"m": msat}), "\u00A0", " "); got != want[i] {
				t.Errorf("%s: got %q, want %q", words, got, want[i])
			}
		}
	}
}

// The words decide: those of the reference go by its rule in any language.
func TestWhatALanguageLacksIsCountedAsTheReference(t *testing.T) {
	both := files("pl.toml", "[phrase]\nq = 'x'")
	maps.Copy(both, files("fr.toml", "[locale]\nplural = 'zero or one'"))
	c, err := i18n.LoadFS(files("en.toml", "[locale]\nplural = 'one'\n[phrase]\np = '{n|plural|order|orders}'\nq = 'y'"), both)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "pl", "fr"} {
		for n, want := range map[int]string{0: "orders", 1: "order", 2: "orders", 5: "orders"} {
			if got := c.Printer(lang, "").Say("p", map[string]any{"n": n}); got != want {
				t.Errorf("%s, %d: got %s, want %s", lang, n, got, want)
			}
		}
	}
}

func TestAPluralHasTheWordsOfItsLanguage(t *testing.T) {
	for lang, tt := range map[string]struct{ good, bad string }{
		"de": {"a|b", "a|b|c"}, "pl": {"a|b|c|d", "a|b"}, "ru": {"a|b|c", "a|b|c|d|e"}, "ar": {"a|b|c|d|e|f", "a|b|c|d|e"}, "ja": {"a", "a|b"},
	} {
		for words, good := range map[string]bool{tt.good: true, tt.bad: false} {
			_, err := i18n.LoadFS(files("en.toml", "[phrase]\np = '{n|plural|x|y}{m|if|{n|plural|x|y}|}'"),
				files(lang+".toml", "[phrase]\np = '{m|if|{n|plural|"+words+"}|}'"))
			if (err == nil) != good || err != nil && !strings.Contains(err.Error(), "{n|plural}") {
				t.Errorf("%s, %s: got %v", lang, words, err)
			}
		}
	}
}
