package fiat_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fiat"
)

func TestADocumentOfRates(t *testing.T) {
	for name, tt := range map[string]struct{ body, code, want string }{
		"a number":                        {`{"EUR": 61234.56}`, "EUR", "61234.56"},
		"a text that is a number":         {`{"USD": "66000"}`, "USD", "66000"},
		"what mempool answers":            {`{"time":1703252411,"USD":43753,"EUR":40545,"GBP":37528,"CAD":58123,"CHF":37438,"AUD":64499,"JPY":6218915}`, "JPY", "6218915"},
		"finer than a float":              {`{"EUR": 61234.560000000000000001}`, "EUR", "61234.560000000000000001"},
		"an exponent":                     {`{"IDR": 1.05e9}`, "IDR", "1050000000"},
		"a small one":                     {`{"KWD": 2E-3}`, "KWD", "0.002"},
		"the least":                       {`{"KWD": 1e-18}`, "KWD", "1e-18"},
		"the most":                        {`{"IRR": 1e18}`, "IRR", "1e18"},
		"twice is the last":               {`{"EUR": 1, "EUR": 2}`, "EUR", "2"},
		"no code is passed over":          {`{"time": null, "eur": -5, "Euro": {}, "": [], "EURO": 0, "EUR": 3}`, "EUR", "3"},
		"other people's codes, too":       {`{"BTC": 1, "XAU": "NaN", "ZZZ": -2, "EUR": 3}`, "EUR", "3"},
		"-1 is not known, the rest is":    {`{"AUD": -1, "EUR": 3}`, "EUR", "3"},
		"and -1 is no rate":               {`{"AUD": -1, "EUR": 3}`, "AUD", ""},
		"a currency that is not there":    {`{"EUR": 3}`, "USD", ""},
		"zeros in front of a text":        {`{"EUR": "007"}`, "EUR", "7"},
		"with space around and a newline": {" {\"EUR\": 3}\n", "EUR", "3"},
	} {
		t.Run(name, func(t *testing.T) {
			per, err := fiat.Parse([]byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			got := per[tt.code]
			if tt.want == "" {
				if got != nil {
					t.Errorf("got %v, want none", got)
				}
				return
			}
			if want, _ := new(big.Rat).SetString(tt.want); got == nil || got.Cmp(want) != 0 {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestSenselessDocuments(t *testing.T) {
	for name, body := range map[string]string{
		"nothing":                      ``,
		"null":                         `null`,
		"a list":                       `[{"EUR": 1}]`,
		"a page of the web":            `<html>502 Bad Gateway</html>`,
		"no rate at all":               `{}`,
		"no currency in it":            `{"time": 1703252411}`,
		"none of it known":             `{"EUR": -1, "USD": -1}`,
		"cut off in the middle":        `{"EUR": 61234.56, "USD": 66`,
		"something behind it":          `{"EUR": 1} {"EUR": 2}`,
		"zero":                         `{"EUR": 0}`,
		"zero as text":                 `{"EUR": "0.00"}`,
		"zero with an exponent":        `{"EUR": 0e99}`,
		"negative":                     `{"EUR": -61234.56}`,
		"-1 as text":                   `{"EUR": "-1"}`,
		"-1 with a dot":                `{"EUR": -1.0}`,
		"NaN":                          `{"EUR": "NaN"}`,
		"NaN that is no JSON":          `{"EUR": NaN}`,
		"infinite":                     `{"EUR": "Inf"}`,
		"no number":                    `{"EUR": "many"}`,
		"an empty text":                `{"EUR": ""}`,
		"null for a rate":              `{"EUR": null}`,
		"true for a rate":              `{"EUR": true}`,
		"a list for a rate":            `{"EUR": [1]}`,
		"an object for a rate":         `{"EUR": {"last": 1}}`,
		"a fraction":                   `{"EUR": "1/3"}`,
		"hexadecimal":                  `{"EUR": "0x10"}`,
		"with a separator":             `{"EUR": "61,234.56"}`,
		"with an underline":            `{"EUR": "61_234"}`,
		"with a space":                 `{"EUR": " 61234"}`,
		"with a newline":               "{\"EUR\": \"61234\\n\"}",
		"with its unit":                `{"EUR": "61234 EUR"}`,
		"other digits":                 `{"EUR": "٦١٢٣٤"}`,
		"an exponent that explodes":    `{"EUR": 1e999999999}`,
		"and one that explodes down":   `{"EUR": 1e-999999999}`,
		"as a text":                    `{"EUR": "1e999999999"}`,
		"a number of many digits":      `{"EUR": ` + strings.Repeat("9", 1000) + `}`,
		"with many decimals":           `{"EUR": 1.` + strings.Repeat("0", 1000) + `1}`,
		"more than any money is worth": `{"EUR": 1.1e18}`,
		"less than any money is worth": `{"EUR": 0.9e-18}`,
		"one of two is wrong":          `{"EUR": 61234.56, "USD": 0}`,
		"absurdly long":                `{"EUR": 1, "x": "` + strings.Repeat("x", fiat.Longest) + `"}`,
		"absurdly deep":                `{"EUR": 1, "x": ` + strings.Repeat("[", 30000) + strings.Repeat("]", 30000) + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			if per, err := fiat.Parse([]byte(body)); err == nil {
				t.Errorf("got %v, want an error", per)
			}
		})
	}
}

// An exponent is refused by its look: what it means is not computed first.
func TestAnExponentIsNotComputed(t *testing.T) {
	for _, text := range []string{"1e999999999", "1e999999", "1e-999999", "1e100", "0e999999"} {
		if _, err := fiat.Parse([]byte(`{"EUR": ` + text + `}`)); err == nil || !strings.Contains(err.Error(), "no decimal number") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"EUR": 61234.56, "USD": "66000", "time": 1703252411}`, `{"JPY": 6218915}`, `{"KWD": 1.9e4, "AUD": -1}`, `{"EUR": 1e999999999}`,
		`{"EUR": 1, "EUR": 2}`, `{"EUR": "0x1p9"}`, `{"EUR": null}`, `null`, `[]`, `{"EUR": 000.1e-17}`, "{\"EUR\": \"\\u0031\"}", "{\"EUR\xff\": 1}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		per, err := fiat.Parse(body)
		if err != nil {
			if per != nil {
				t.Fatalf("%q: %v with %v", body, per, err)
			}
			return
		}
		if len(per) == 0 {
			t.Fatalf("%q: no rate and no error", body)
		}
		for code, price := range per {
			currency, ok := fiat.CurrencyOf(code)
			if !ok || price.Sign() <= 0 || price.Num().BitLen()+price.Denom().BitLen() > 400 {
				t.Fatalf("%q: %s is %v", body, code, price)
			}
			checkUnits(t, fiat.Rate{Currency: currency, PerBTC: price}, amount.Max)
		}
	})
}
