package fiat_test

import (
	"testing"
	"unicode/utf16"

	"github.com/bitcoim/bitcoim/fiat"
)

func TestCurrencies(t *testing.T) {
	for code, want := range map[string]fiat.Currency{
		"EUR": {"EUR", 978, 2, "€"}, "usd": {"USD", 840, 2, "$"}, "Gbp": {"GBP", 826, 2, "£"}, "CHF": {"CHF", 756, 2, "CHF"},
		"JPY": {"JPY", 392, 0, "¥"}, "ALL": {"ALL", 8, 2, "L"}, "BRL": {"BRL", 986, 2, "R$"}, "INR": {"INR", 356, 2, "₹"},
	} {
		if got, ok := fiat.CurrencyOf(code); !ok || got != want {
			t.Errorf("%s: got %v, %v, want %v", code, got, ok, want)
		}
	}
	for _, code := range []string{"", "BTC", "XBT", "XAU", "XXX", "DEM", "EU", "EURO", "EUR ", "€", "E\u0000R"} {
		if got, ok := fiat.CurrencyOf(code); ok {
			t.Errorf("%q: got %v, want none", code, got)
		}
	}
}

// What ISO 4217 says, where it is not two.
func TestDecimals(t *testing.T) {
	want := map[string]int{
		"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "VND": 0, "VUV": 0,
		"XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	}
	seen, numbers := 0, map[int]string{}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			for c := 'A'; c <= 'Z'; c++ {
				code := string([]rune{a, b, c})
				currency, ok := fiat.CurrencyOf(code)
				if !ok {
					continue
				}
				seen++
				decimals, other := want[code]
				if !other {
					decimals = 2
				}
				if currency.Decimals != decimals {
					t.Errorf("%s has %d decimals, want %d", code, currency.Decimals, decimals)
				}
				if n := len(utf16.Encode([]rune(currency.Symbol))); n < 1 || n > 5 {
					t.Errorf("%s: the symbol %q does not fit where it is shown", code, currency.Symbol)
				}
				if currency.Number < 1 || currency.Number > 999 || numbers[currency.Number] != "" {
					t.Errorf("%s has the number %d, as %q has", code, currency.Number, numbers[currency.Number])
				}
				numbers[currency.Number] = code
			}
		}
	}
	if seen < 150 {
		t.Errorf("%d currencies, want all", seen)
	}
}
