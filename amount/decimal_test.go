package amount_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/bitcoim/bitcoim/amount"
)

func TestFormat(t *testing.T) {
	for name, tt := range map[string]struct {
		m              amount.Msat
		unit           amount.Unit
		group, decimal string
		want           string
	}{
		"sat":                            {5_000_000, "sat", " ", ".", "5 000"},
		"no group":                       {5_000_000, "sat", "", ".", "5000"},
		"three digits are no group":      {999_000, "sat", " ", ".", "999"},
		"six digits are one":             {999_999_000, "sat", " ", ".", "999 999"},
		"msat show only if there":        {1_500, "sat", " ", ".", "1.5"},
		"one msat":                       {1, "sat", " ", ".", "0.001"},
		"BTC":                            {5_000_000, "btc", " ", ".", "0.00005"},
		"BTC in French":                  {5_000_000, "btc", " ", ",", "0,00005"},
		"whole BTC":                      {amount.BTC, "btc", " ", ".", "1"},
		"many BTC":                       {1234*amount.BTC + amount.BTC/2, "btc", " ", ".", "1 234.5"},
		"all there is":                   {amount.Max, "btc", " ", ".", "21 000 000"},
		"the smallest part of a BTC":     {1, "btc", "", ".", "0.00000000001"},
		"mBTC":                           {150_000_000, "mbtc", "", ".", "1.5"},
		"bits":                           {150_000, "bit", "", ".", "1.5"},
		"nothing":                        {0, "btc", " ", ".", "0"},
		"less than nothing":              {-1_500, "sat", " ", ".", "-1.5"},
		"minus is not grouped":           {-100_000, "sat", " ", ".", "-100"},
		"the smallest number there is":   {math.MinInt64, "sat", "", ".", "-9223372036854775.808"},
		"no unit is sat":                 {5_000, "", "", ".", "5"},
		"an unknown unit is sat":         {5_000, "doge", "", ".", "5"},
		"no-break spaces are characters": {1_000_000_000_000, "sat", "\u00A0", ".", "1\u00A0000\u00A0000\u00A0000"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := amount.Format(tt.m, tt.unit, tt.group, tt.decimal); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseBTC(t *testing.T) {
	for text, want := range map[string]amount.Msat{
		"0": 0, "0.00000000": 0, "50": 50 * amount.BTC, "50.00": 50 * amount.BTC, "20.3": 203 * amount.BTC / 10,
		"0.00000001": amount.Sat, "0.00000000001": 1, ".5": amount.BTC / 2, "5.": 5 * amount.BTC,
		"-0.00001000": -1000 * amount.Sat, "21000000.00000000": amount.Max, "007": 7 * amount.BTC,
	} {
		if got, err := amount.ParseBTC(text); err != nil || got != want {
			t.Errorf("ParseBTC(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", ".", "-", "-.", "--1", "+1", "1e-8", "1,5", "1.2.3", " 1", "1 ", "NaN", "0x1", "٥",
		"0.000000000001", "21000000.00000000001", "21000001", "18446744073709551617", "-99999999999999999999",
	} {
		if got, err := amount.ParseBTC(text); err == nil {
			t.Errorf("ParseBTC(%q) = %d, want an error", text, got)
		}
	}
}

// Format is exact for every int64, not only for amounts that can be.
func TestFormatIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := amount.Msat(rapid.Int64().Draw(t, "m"))
		for _, unit := range amount.Units {
			text := amount.Format(m, unit, "", ".")
			got, ok := new(big.Rat).SetString(text)
			want := big.NewRat(int64(m), int64(unit.Size()))
			if !ok || got.Cmp(want) != 0 {
				t.Fatalf("%d in %s is written %q", m, unit, text)
			}
		}
	})
}

func TestRounding(t *testing.T) {
	for m, want := range map[amount.Msat][2]amount.Msat{
		0: {0, 0}, 1: {0, 1000}, 999: {0, 1000}, 1000: {1, 1000}, 1001: {1, 2000}, amount.Max: {amount.Max / 1000, amount.Max},
	} {
		if m.Sats() != int64(want[0]) || m.CeilSat() != want[1] {
			t.Errorf("%d: %d whole sat, %d rounded up; want %d", m, m.Sats(), m.CeilSat(), want)
		}
	}
	if amount.FromSats(21) != 21_000 {
		t.Error("21 sat are not 21000 msat")
	}
}

func ExampleParse() {
	for _, text := range []string{"5000", "20k", "0.001", "1,000"} {
		m, err := amount.Parse(text, amount.InSat)
		fmt.Println(m, err)
	}
	// Output:
	// 5000000 <nil>
	// 20000000 <nil>
	// 100000000 <nil>
	// 0 amount.ambiguous (invalid) map[a:1000 sat b:1 sat text:1,000]
}
