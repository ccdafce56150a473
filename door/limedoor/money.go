package limedoor

import (
	"strconv"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lime"
)

// Amounts on the wire are whole satoshi: every number up to 21 million BTC is
// exact in programs that know no integers. What is finer stands beside them, in
// thousandths, as text.

// fine is an amount in thousandths of a satoshi, "" if it is whole.
func fine(m amount.Msat) string {
	if m%amount.Sat == 0 {
		return ""
	}
	return strconv.FormatInt(int64(m), 10)
}

// decimals are how many digits behind the point an amount may have in a unit.
var decimals = map[string]int{"msat": 0, "": 3, "sat": 3, "sats": 3, "bit": 5, "bits": 5, "mbtc": 8, "btc": 11, "xbt": 11}

// errAmount is of what is no amount.
func errAmount(text string) error {
	return refuse(lime.InvalidArgument, "lime.amount", map[string]any{"text": clip(text)})
}

// money reads an amount as programs write it: digits, and perhaps a point, in
// sat unless a unit is said. It is exact and more than zero.
func money(text, unit string) (amount.Msat, error) {
	places, known := decimals[strings.ToLower(unit)]
	if !known {
		return 0, refuse(lime.InvalidArgument, "lime.unit", map[string]any{"unit": clip(unit)})
	}
	whole, part, _ := strings.Cut(text, ".")
	part = strings.TrimRight(part, "0")
	if whole == "" || len(text) > 40 || len(part) > places || strings.Trim(whole+part, "0123456789") != "" {
		return 0, errAmount(text)
	}
	n, err := strconv.ParseInt(whole+part+strings.Repeat("0", places-len(part)), 10, 64)
	if err != nil || n <= 0 || amount.Msat(n) > amount.Max {
		return 0, errAmount(text)
	}
	return amount.Msat(n), nil
}

// date is a time in seconds as LIME writes it, "" for none.
func date(at int64) string {
	if at == 0 {
		return ""
	}
	return lime.Date(timeOf(at))
}

// clip keeps the beginning of what a stranger wrote, to be shown.
func clip(text string) string {
	const most = 60
	for i := range text {
		if i > most {
			return text[:i]
		}
	}
	return text
}
