package i18n_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/i18n"
)

// spaces makes no-break spaces visible in tests.
var spaces = strings.NewReplacer("\u00A0", "~")

// phrases is a catalogue with the built-in locales and these phrases, in
// English and French.
func phrases(t *testing.T, list map[string]string) *i18n.Catalogue {
	t.Helper()
	var lines []string
	for key, text := range list {
		lines = append(lines, `"`+key+`" = '''`+text+`'''`)
	}
	text := "\n[test]\n" + strings.Join(lines, "\n")
	c, err := i18n.LoadFS(builtIn(t, text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestForms(t *testing.T) {
	c := phrases(t, map[string]string{
		"text": "{x}", "int": "{x|int}", "money": "{x|money}", "btc": "{x|btc}", "both": "{x|both}",
		"date": "{x|date}", "time": "{x|time}", "for": "{x|for}",
		"plural": "{x} {x|plural|ordre|ordres}", "if": "a{x|if| ({x})|}", "braces": `\{x\} \| \\ | {x}`,
	})
	const sat, btc = int64(amount.Sat), int64(amount.BTC)
	for _, tt := range []struct {
		lang, unit, form string
		x                any
		want             string
	}{
		{"en", "sat", "money", 20_000 * sat, "20~000~sat"},
		{"en", "sat", "money", 1_234_567_500, "1~234~567.5~sat"},
		{"fr", "sat", "money", int64(1_234_567_500), "1~234~567,5~sat"},
		{"en", "sat", "money", 999 * sat, "999~sat"},
		{"en", "sat", "money", -5 * sat, "-5~sat"},
		{"en", "sat", "money", int64(0), "0~sat"},
		{"en", "btc", "money", 5_000 * sat, "0.00005~BTC"},
		{"fr", "btc", "money", 5_000 * sat, "0,00005~BTC"},
		{"en", "btc", "money", btc, "1~BTC"},
		{"en", "mbtc", "money", 150_000 * sat, "1.5~mBTC"},
		{"en", "bit", "money", 150 * sat, "1.5~bits"},
		{"en", "bit", "money", 100 * sat, "1~bit"},
		{"en", "bit", "money", int64(0), "0~bits"},
		{"fr", "bit", "money", int64(0), "0~bit"},
		{"en", "", "money", 5 * sat, "5~sat"},
		{"en", "doge", "money", 5 * sat, "5~sat"},
		{"en", "sat", "money", amount.Msat(5000), "5~sat"},
		{"en", "sat", "btc", 5_000 * sat, "0.00005~BTC"},
		{"en", "sat", "both", 5_000 * sat, "5~000~sat (0.00005~BTC)"},
		{"fr", "sat", "both", 5_000 * sat, "5~000~sat (0,00005~BTC)"},
		{"en", "btc", "both", 5_000 * sat, "0.00005~BTC (5~000~sat)"},
		{"en", "mbtc", "both", 5_000 * sat, "0.05~mBTC (0.00005~BTC)"},
		{"en", "sat", "int", int64(1_000_000), "1~000~000"},
		{"en", "sat", "int", int64(-1000), "-1~000"},
		{"en", "sat", "int", int64(-100), "-100"},
		{"en", "sat", "int", int64(math.MinInt64), "-9~223~372~036~854~775~808"},
		{"en", "sat", "int", 7, "7"},
		{"en", "sat", "date", int64(1795255372), "21 Nov 2026"},
		{"fr", "sat", "date", int64(1795255372), "21 nov. 2026"},
		{"en", "sat", "time", int64(1795255372), "21 Nov 10:02"},
		{"fr", "sat", "time", int64(1795255372), "21 nov. 10:02"},
		{"en", "sat", "for", int64(45), "45 s"},
		{"en", "sat", "for", int64(600), "10 min"},
		{"en", "sat", "for", int64(3599), "59 min"},
		{"en", "sat", "for", int64(3600), "60 min"},
		{"en", "sat", "for", int64(7200), "2 h"},
		{"en", "sat", "for", int64(86400), "24 h"},
		{"en", "sat", "for", int64(2 * 86400), "2 days"},
		{"fr", "sat", "for", int64(30 * 86400), "30 jours"},
		{"en", "sat", "for", int64(-5), "0 s"},
		{"en", "sat", "plural", int64(0), "0 ordres"},
		{"en", "sat", "plural", int64(1), "1 ordre"},
		{"en", "sat", "plural", int64(2), "2 ordres"},
		{"fr", "sat", "plural", int64(0), "0 ordre"},
		{"fr", "sat", "plural", int64(1), "1 ordre"},
		{"fr", "sat", "plural", int64(2), "2 ordres"},
		{"en", "sat", "plural", "many", "many ordres"},
		{"en", "sat", "if", "memo", "a (memo)"},
		{"en", "sat", "if", "", "a"},
		{"en", "sat", "if", nil, "a"},
		{"en", "sat", "if", int64(0), "a"},
		{"en", "sat", "if", int64(3), "a (3)"},
		{"en", "sat", "if", true, "a (yes)"},
		{"en", "sat", "if", false, "a"},
		{"en", "sat", "text", int64(1234567), "1234567"},
		{"fr", "sat", "text", true, "oui"},
		{"fr", "sat", "text", false, "non"},
		{"en", "sat", "text", "{x|money} {y}", "{x|money} {y}"},
		{"en", "sat", "braces", "b", `{x} | \ | b`},

		// what JSON makes of numbers
		{"en", "sat", "money", float64(5000), "5~sat"},
		{"en", "sat", "money", json.Number("5000"), "5~sat"},
		{"en", "sat", "money", json.Number("9007199254740993"), "9~007~199~254~740.993~sat"},

		// what is none of these
		{"en", "sat", "money", 1.5, "?"},
		{"en", "sat", "money", float64(1 << 60), "?"},
		{"en", "sat", "money", math.NaN(), "?"},
		{"en", "sat", "money", math.Inf(1), "?"},
		{"en", "sat", "money", json.Number("1e3"), "?"},
		{"en", "sat", "money", nil, "?"},
		{"en", "sat", "money", "5000", "5000"},
		{"en", "sat", "date", "now", "now"},
		{"en", "sat", "text", []string{"x"}, "?"},
		{"en", "sat", "text", struct{}{}, "?"},
	} {
		got := spaces.Replace(c.Printer(tt.lang, tt.unit).Say("test."+tt.form, map[string]any{"x": tt.x}))
		if got != tt.want {
			t.Errorf("%v as %s in %s and %s: got %q, want %q", tt.x, tt.form, tt.lang, tt.unit, got, tt.want)
		}
	}
}

func TestAStrangersWordsStayWords(t *testing.T) {
	for in, want := range map[string]string{
		"lunch":                           "lunch",
		"a\nb\r\nc\td":                    "a b  c d",
		"\x00\x07\x1b[31mred\x7f\u0085":   "[31mred",
		"pay \u202Eyob\u202C":             "pay yob",
		"\u2066x\u2069\u200E\u200F\u061C": "x",
		"a\u2028b\u2029c":                 "a b c",
		"\uFEFFx\uFFFE\uFFFF\uFFF9":       "x",
		"\U0001FFFE":                      "",
		"caf\xe9":                         "caf\uFFFD",
		"👩\u200D🚀 é 汉字":                   "👩\u200D🚀 é 汉字",
		"<b>&amp;{x}":                     "<b>&amp;{x}",
	} {
		if got := i18n.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
		if got := phrases(t, map[string]string{"p": "{x}"}).Printer("en", "").Say("test.p", map[string]any{"x": in}); got != want {
			t.Errorf("Say(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPrinterIsALanguageAndAUnit(t *testing.T) {
	c := phrases(t, map[string]string{"p": "x"})
	p := c.Printer("fr-CH", "BTC")
	if p.Lang() != "fr" || p.Unit() != amount.InBTC || !p.Has("test.p") || p.Has("test.q") {
		t.Errorf("got %s, %s", p.Lang(), p.Unit())
	}
}

func FuzzSay(f *testing.F) {
	for _, seed := range []string{"{x}", "a {x|money} b {x|both} {x|for}", "{x|plural|{x|date}|{x|if|{x}|}}", `\{{x|int}\|`, "{x|time}}", "{x|plural|a"} {
		f.Add(seed, "memo\u202E", int64(-1))
		f.Add(seed, "", int64(math.MaxInt64))
	}
	f.Fuzz(func(t *testing.T, text, word string, n int64) {
		c, err := i18n.LoadFS(fuzzFiles(text), nil)
		if err != nil {
			return
		}
		for _, x := range []any{word, n, nil, true, float64(n)} {
			said := c.Printer("en", "bit").Say("p", map[string]any{"x": x})
			if utf8.ValidString(text) && !utf8.ValidString(said) {
				t.Fatalf("%q with %v says %q", text, x, said)
			}
			if s, ok := x.(string); ok && strings.ContainsRune(said, '\u202E') && !strings.ContainsRune(text, '\u202E') {
				t.Fatalf("%q with %q says %q", text, s, said)
			}
		}
	})
}
