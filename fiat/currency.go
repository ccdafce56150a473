package fiat

import (
	"strconv"
	"strings"
)

// Currency is one of ISO 4217.
type Currency struct {
	Code     string // three capital letters
	Number   int    // ISO's
	Decimals int    // of the smallest coin, as ISO has it: 2 for most
	Symbol   string // up to 5 characters; the code where there is none of few letters
}

// CurrencyOf returns the currency of a code, in any case.
func CurrencyOf(code string) (Currency, bool) {
	c, ok := currencies[strings.ToUpper(code)]
	return c, ok
}

// currencies are those of ISO 4217 that people pay with: no funds, no metals,
// nothing for tests.
var currencies = table()

func table() map[string]Currency {
	all := map[string]Currency{}
	for line := range strings.Lines(iso4217) {
		words := strings.Fields(line)
		if len(words) < 3 {
			continue
		}
		c := Currency{Code: words[0], Symbol: words[0]}
		c.Number, _ = strconv.Atoi(words[1])
		c.Decimals, _ = strconv.Atoi(words[2])
		if len(words) > 3 {
			c.Symbol = words[3]
		}
		all[c.Code] = c
	}
	return all
}
