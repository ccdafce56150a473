package amount_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
)

func TestParse(t *testing.T) {
	const sat, btc = amount.Sat, amount.BTC
	for name, tt := range map[string]struct {
		text string
		unit amount.Unit
		want amount.Msat
	}{
		"a bare number is sat":                   {"5000", "sat", 5000 * sat},
		"without a setting too":                  {"5000", "", 5000 * sat},
		"an unknown setting is sat":              {"5000", "doge", 5000 * sat},
		"a bare number is the user's unit":       {"1", "btc", btc},
		"in mBTC":                                {"1", "mbtc", btc / 1000},
		"in bits":                                {"1", "bit", 100 * sat},
		"a bare decimal in the user's unit":      {"1.5", "btc", btc * 3 / 2},
		"a bare decimal in bits":                 {"0.5", "bit", 50 * sat},
		"a small bare decimal is BTC":            {"0.001", "sat", 100_000 * sat},
		"down to one satoshi":                    {"0.00000001", "sat", sat},
		"with a comma":                           {"0,001", "sat", 100_000 * sat},
		"sat":                                    {"12 sat", "btc", 12 * sat},
		"sats":                                   {"12sats", "btc", 12 * sat},
		"s":                                      {"12s", "btc", 12 * sat},
		"satoshis":                               {"12 satoshis", "btc", 12 * sat},
		"in capitals":                            {"12 SAT", "btc", 12 * sat},
		"k":                                      {"20k", "sat", 20_000 * sat},
		"k is thousand sat for everybody":        {"20k", "btc", 20_000 * sat},
		"big K":                                  {"20K", "sat", 20_000 * sat},
		"ksat":                                   {"1.5 ksat", "sat", 1500 * sat},
		"bits":                                   {"3 bits", "sat", 300 * sat},
		"mBTC":                                   {"2 mBTC", "sat", 200_000 * sat},
		"BTC":                                    {"0.5 BTC", "sat", btc / 2},
		"one BTC":                                {"1btc", "sat", btc},
		"a sign behind":                          {"0.5₿", "sat", btc / 2},
		"a sign in front":                        {"₿0.5", "sat", btc / 2},
		"a sign in front, apart":                 {"₿ 0.5", "sat", btc / 2},
		"all there is":                           {"21000000 BTC", "sat", amount.Max},
		"all there is, in sat":                   {"2100000000000000", "sat", amount.Max},
		"a millisatoshi":                         {"0.001 sat", "sat", 1},
		"a millisatoshi in BTC":                  {"0.00000000001 BTC", "sat", 1},
		"zeros at the end are no precision":      {"0.1000000000000000 BTC", "sat", btc / 10},
		"grouped by spaces":                      {"1 000 000", "sat", 1_000_000 * sat},
		"grouped by no-break spaces":             {"1\u00A0000", "sat", 1000 * sat},
		"grouped by thin spaces":                 {"1\u2009000", "sat", 1000 * sat},
		"grouped by narrow no-break spaces":      {"1\u202F000", "sat", 1000 * sat},
		"grouped by underscores":                 {"1_000", "sat", 1000 * sat},
		"grouped by apostrophes":                 {"1'000", "sat", 1000 * sat},
		"grouped by curly apostrophes":           {"1’000", "sat", 1000 * sat},
		"grouped, so the dot is clear":           {"1 000.125 sat", "sat", 1_000_125},
		"four decimals are clear":                {"1.0000 sat", "sat", sat},
		"a plus":                                 {"+5", "sat", 5 * sat},
		"spaces around":                          {"  5 \u00A0", "sat", 5 * sat},
		"spaces before the unit":                 {"5   sat", "sat", 5 * sat},
		"what our own text shows":                {"20\u00A0000\u00A0sat", "sat", 20_000 * sat},
		"what our own French text shows":         {"0,00005\u00A0BTC", "sat", 5000 * sat},
		"comma decimals with a unit":             {"1,5 mBTC", "sat", 150_000 * sat},
		"a bare zero head with three decimals":   {"0.500", "sat", btc / 2},
		"eight decimals in a user's unit of BTC": {"1.00000001", "btc", btc + sat},
		"eleven decimals in a user's unit of BTC":  {"1.00000000001", "btc", btc + 1},
		"two spaces are a space before the unit":   {"12  k", "sat", 12_000 * sat},
		"a sign in front of a grouped number":      {"₿ 1 000", "sat", 1000 * btc},
		"the decimals of k":                        {"0.001k", "sat", sat},
		"sat with a decimal of three and a zero":   {"0.125 sat", "sat", 125},
		"grouped whole part with comma decimals":   {"12 345,678 mBTC", "sat", 12345_678 * 100 * sat},
		"a bare zero head with a unit of its own":  {"0.5", "mbtc", 50_000 * sat},
		"an upper-case M is fine inside a word":    {"2 MBTC", "sat", 200_000 * sat},
		"eight decimals with zeros behind are BTC": {"0.12345600", "sat", 12_345_600 * sat},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := amount.Parse(tt.text, tt.unit)
			if err != nil || got != tt.want {
				t.Errorf("Parse(%q, %q) = %d, %v; want %d", tt.text, tt.unit, got, err, tt.want)
			}
		})
	}
}

func TestParseAsksBack(t *testing.T) {
	for text, want := range map[string]struct{ phrase, a, b string }{
		"1,000":        {"amount.ambiguous", "1000 sat", "1 sat"},
		"1.000":        {"amount.ambiguous", "1000 sat", "1 sat"},
		"1,234":        {"amount.ambiguous", "1234 sat", "1.2340 sat"},
		"1.000 BTC":    {"amount.ambiguous", "1000 BTC", "1 BTC"},
		"12.340 mbtc":  {"amount.ambiguous", "12340 mBTC", "12.34 mBTC"},
		"1,000k":       {"amount.ambiguous", "1000 k", "1 k"},
		"₿1.234":       {"amount.ambiguous", "1234 BTC", "1.2340 BTC"},
		"1234.567 sat": {"amount.ambiguous", "1234567 sat", "1234.5670 sat"},
		"1.5":          {"amount.need-unit", "1.5 sat", "1.5 BTC"},
		"2,50":         {"amount.need-unit", "2.5 sat", "2.5 BTC"},
		"0.000000001":  {"amount.need-unit", "0.000000001 sat", "0.000000001 BTC"},
		"1 000.125":    {"amount.need-unit", "1000.1250 sat", "1000.1250 BTC"},
		"5m":           {"amount.ambiguous", "5 mBTC", "5000000 sat"},
		"0.5 M":        {"amount.ambiguous", "0.5 mBTC", "500000 sat"},
		"1.2345678m":   {"amount.ambiguous", "1.2345678 mBTC", "1234567.8 sat"},
	} {
		t.Run(text, func(t *testing.T) {
			_, err := amount.Parse(text, amount.InSat)
			f := fault.Of(err)
			if f.Phrase != want.phrase || f.Args["a"] != want.a || f.Args["b"] != want.b || f.Args["text"] != text {
				t.Fatalf("got %v", err)
			}
			for _, way := range []string{want.a, want.b} {
				_, err := amount.Parse(way, amount.InSat)
				if err != nil && fault.Of(err).Phrase != "amount.precision" {
					t.Errorf("we propose %q and do not take it: %v", way, err)
				}
			}
		})
	}
}

// A bare 0.something is BTC to those who count in sat. Whoever shows what it was read as
// has to know that nobody said so.
func TestReadAsBTC(t *testing.T) {
	for text, want := range map[string]bool{
		"0.5": true, "0,5": true, " +0.001 ": true, "0.500": true,
		"0.5 BTC": false, "₿0.5": false, "0.5 sat": false, "5": false, "1 000": false,
		"1.5": false, "0.5 bob": false, "": false, "0.000000001": false, "0.0": false,
	} {
		if got := amount.ReadAsBTC(text, amount.InSat); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
		for _, unit := range []amount.Unit{amount.InBit, amount.InMBTC, amount.InBTC} {
			if amount.ReadAsBTC(text, unit) {
				t.Errorf("%q in %s is read as BTC for the lack of a unit", text, unit)
			}
		}
	}
}

func TestParseUnit(t *testing.T) {
	for text, want := range map[string]amount.Unit{
		"sat": "sat", "Sats": "sat", "bits": "bit", "mBTC": "mbtc", " BTC ": "btc", "₿": "btc",
	} {
		if got, err := amount.ParseUnit(text); err != nil || got != want {
			t.Errorf("ParseUnit(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"": "amount.unit", "k": "amount.unit", "euro": "amount.fiat", "USD": "amount.fiat", "bob": "amount.unit",
	} {
		if _, err := amount.ParseUnit(text); fault.Of(err).Phrase != want || !fault.Is(err, fault.Invalid) {
			t.Errorf("ParseUnit(%q): got %v, want %s", text, err, want)
		}
	}
	for _, u := range amount.Units {
		if got, err := amount.ParseUnit(u.Symbol()); err != nil || got != u {
			t.Errorf("%s: its own symbol reads as %q, %v", u, got, err)
		}
	}
}
