package amount_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
)

func TestCut(t *testing.T) {
	for line, want := range map[string][2]string{
		"":                        {"", ""},
		"5000":                    {"5000", ""},
		"5000 bob lunch":          {"5000", "bob lunch"},
		"  20k   bob":             {"20k", "bob"},
		"20 k bob":                {"20 k", "bob"},
		"5 BTC bob":               {"5 BTC", "bob"},
		"5 euros bob":             {"5 euros", "bob"},
		"1 000 bob":               {"1 000", "bob"},
		"1\u00A0000\u00A0sat bob": {"1 000 sat", "bob"},
		"1 000 000 sat bob 2 000": {"1 000 000 sat", "bob 2 000"},
		"1 000.50 mbtc bob":       {"1 000.50 mbtc", "bob"},
		"1 000sat bob":            {"1 000sat", "bob"},
		"1 000.50 000 bob":        {"1 000.50", "000 bob"},
		"5000 200 apples":         {"5000", "200 apples"},
		"12 34 apples":            {"12", "34 apples"},
		"12 3456":                 {"12", "3456"},
		"0 100":                   {"0", "100"},
		"₿ 0.5 bob":               {"₿ 0.5", "bob"},
		"₿1 000 bob":              {"₿1 000", "bob"},
		"$ 5 bob":                 {"$ 5", "bob"},
		"- 5 bob":                 {"- 5", "bob"},
		"-":                       {"-", ""},
		"+5 bob":                  {"+5", "bob"},
		"100 try again":           {"100", "try again"},
		"100 200nd time":          {"100", "200nd time"},
		"all bob":                 {"all", "bob"},
		"lunch sat":               {"lunch", "sat"},
		"5k sat":                  {"5k", "sat"},
		"0.001 bob":               {"0.001", "bob"},
	} {
		text, rest := amount.Cut(line)
		if text != want[0] || rest != want[1] {
			t.Errorf("Cut(%q) = %q, %q; want %q", line, text, rest, want)
		}
	}
}

func FuzzCut(f *testing.F) {
	for _, seed := range []string{"1 000 bob", "₿ 5 k", "- - 5", "+ + +", "100 200 300.5x y", "\u00A05\u2009000", "\xff 5 \xff"} {
		f.Add(seed)
	}
	squeeze := strings.NewReplacer(" ", "", "\u00A0", "", "\u2009", "", "\u202F", "", "\u2007", "").Replace
	f.Fuzz(func(t *testing.T, line string) {
		text, rest := amount.Cut(line)
		// Each by itself: bytes that are no text may make a space together.
		if squeeze(text)+squeeze(rest) != squeeze(line) {
			t.Fatalf("Cut(%q) = %q, %q loses something", line, text, rest)
		}
	})
}
