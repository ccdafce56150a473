package fiat_test

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fiat"
)

// at returns the rate of a price that is written as text.
func at(code, price string) fiat.Rate {
	currency, _ := fiat.CurrencyOf(code)
	per, _ := new(big.Rat).SetString(price)
	return fiat.Rate{Currency: currency, PerBTC: per}
}

func TestUnits(t *testing.T) {
	for name, tt := range map[string]struct {
		r    fiat.Rate
		m    amount.Msat
		want string
	}{
		"one bitcoin":                  {at("EUR", "61234.56"), amount.BTC, "61234.56"},
		"one satoshi is no cent":       {at("EUR", "61234.56"), amount.Sat, "0.00"},
		"twenty are one":               {at("EUR", "61234.56"), 20 * amount.Sat, "0.01"},
		"a cent that is not whole yet": {at("EUR", "100000"), 9_999, "0.00"},
		"and now it is":                {at("EUR", "100000"), 10_000, "0.01"},
		"never rounded up":             {at("EUR", "99999.99"), 2 * amount.BTC, "199999.98"},
		"0.999 is 0.99":                {at("EUR", "99900"), 1_000 * amount.Sat, "0.99"},
		"nothing":                      {at("EUR", "61234.56"), 0, "0.00"},
		"a debt":                       {at("EUR", "100000"), -123_456_000, "-123.45"},
		"a debt of less than a cent":   {at("EUR", "100000"), -9_999, "0.00"},
		"a yen has no parts":           {at("JPY", "6218915.9"), amount.BTC, "6218915"},
		"less than a yen":              {at("JPY", "6218915"), amount.Sat, "0"},
		"a dinar has a thousand":       {at("KWD", "20000.1239"), amount.BTC, "20000.123"},
		"less than a fils":             {at("KWD", "20000"), 4 * amount.Sat, "0.000"},
		"a third":                      {at("EUR", "1/3"), amount.BTC, "0.33"},
		"all there is, at the most":    {at("IRR", "1e18"), amount.Max, "21000000000000000000000000.00"},
		"the largest number there is":  {at("EUR", "100000000000"), math.MaxInt64, "9223372036854775807.00"},
		"the smallest number there is": {at("EUR", "100000000000"), math.MinInt64, "-9223372036854775808.00"},
		"no price says nothing":        {fiat.Rate{}, amount.BTC, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.r.Units(tt.m); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// fataler is what *testing.T and *rapid.T have in common.
type fataler interface{ Fatalf(string, ...any) }

// checkUnits compares what is said with the exact worth, by fractions: it is
// not more, and less than one smallest coin away.
func checkUnits(t fataler, r fiat.Rate, m amount.Msat) {
	text := r.Units(m)
	said, ok := new(big.Rat).SetString(text)
	worth := new(big.Rat).Mul(big.NewRat(int64(m), int64(amount.BTC)), r.PerBTC)
	coin := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(r.Decimals)), nil))
	if !ok {
		t.Fatalf("%d msat at %v are %q", m, r.PerBTC, text)
	}
	said, worth = said.Abs(said), worth.Abs(worth)
	if said.Cmp(worth) > 0 || new(big.Rat).Sub(worth, said).Cmp(coin) >= 0 || text[0] == '-' && m > 0 {
		t.Fatalf("%d msat at %v are %q, exactly %v", m, r.PerBTC, text, worth)
	}
}

func TestUnitsAreNeverMoreThanTheWorth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		currency, _ := fiat.CurrencyOf(rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(t, "code"))
		price := big.NewRat(rapid.Int64Range(1, 1e15).Draw(t, "price"), rapid.Int64Range(1, 1e6).Draw(t, "parts"))
		checkUnits(t, fiat.Rate{Currency: currency, PerBTC: price}, amount.Msat(rapid.Int64().Draw(t, "m")))
	})
}
