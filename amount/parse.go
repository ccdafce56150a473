package amount

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/fault"
)

// longest is how long an amount may be, in bytes. The longest that makes
// sense, grouped by no-break spaces, has half of that.
const longest = 80

// Parse reads an amount as people write it: an optional plus, a number, and
// perhaps a unit (sat, k, bit, mBTC, BTC, and their kin, in any case; ₿ may
// stand in front). A bare number counts in unit, the user's own, but a bare
// 0.something is BTC for those who count in sat. The whole part may be
// grouped in threes by spaces, _ or '. A dot or a comma starts the decimals;
// where it could as well group thousands, Parse asks and never guesses.
//
// The amount is exact, more than zero and at most Max; whether a whole number
// of satoshis is needed is the caller's affair. Every error is an ErrAmount
// of kind Invalid with one of these phrases:
//
//	amount.empty       {}
//	amount.syntax      {text}
//	amount.separators  {text}        more than one dot or comma
//	amount.negative    {text}
//	amount.zero        {text}
//	amount.ambiguous   {text, a, b}  a and b are clear ways to write it
//	amount.need-unit   {text, a, b}  the same, for 1.5 without a unit
//	amount.unit        {text, unit}
//	amount.fiat        {text, unit}
//	amount.precision   {text}
//	amount.too-much    {text, max}   max in msat
func Parse(text string, unit Unit) (Msat, error) {
	s := strings.TrimFunc(text, isSpace)
	if s == "" {
		return 0, ErrAmount.New(fault.Invalid, "amount.empty", nil)
	}
	if len(s) > longest || !utf8.ValidString(s) {
		return 0, refuse("amount.syntax", text)
	}
	if rest, ok := cutMinus(s); ok && rest != "" && isDigit(rest[0]) {
		return 0, refuse("amount.negative", text)
	}
	s = strings.TrimPrefix(s, "+")
	front, s := frontSign(s)
	n, word, err := cutNumber(s)
	if err != nil {
		return 0, refuse(err.Error(), text)
	}
	if front != "" {
		if word != "" {
			return 0, refuse("amount.syntax", text)
		}
		word = front
	}
	return n.in(strings.ToLower(word), unit, text)
}

// in gives the number its unit.
func (n number) in(word string, unit Unit, text string) (Msat, error) {
	size, known := words[word]
	switch {
	case word == "m" && n.clear():
		// Milli or million? A unit follows the first and not the second.
		return 0, doubt("amount.ambiguous", text, n.plain()+" mBTC", n.times(6)+" sat")
	case word != "" && !known:
		return 0, unknownUnit(text, word)
	case !n.clear():
		if word == "" {
			word = unit.Symbol()
		} else if u, err := ParseUnit(word); err == nil {
			word = u.Symbol()
		}
		return 0, doubt("amount.ambiguous", text, n.whole+n.fraction+" "+word, n.plain()+" "+word)
	case word == "":
		size = unit.Size()
		if size == Sat && n.fraction != "" {
			if n.whole != "0" || len(n.fraction) > 8 {
				return 0, doubt("amount.need-unit", text, n.plain()+" sat", n.plain()+" BTC")
			}
			size = BTC
		}
	}
	m, err := scale(n.whole, n.fraction, size)
	switch {
	case errors.Is(err, errPrecision):
		return 0, refuse("amount.precision", text)
	case err != nil:
		return 0, ErrAmount.New(fault.Invalid, "amount.too-much", fault.Args{"text": shown(text), "max": int64(Max)})
	case m == 0:
		return 0, refuse("amount.zero", text)
	}
	return m, nil
}

// ReadAsBTC reports whether Parse takes text for BTC only because it is a bare
// 0.something, of somebody who counts in sat.
func ReadAsBTC(text string, unit Unit) bool {
	m, err := Parse(text, unit)
	if err != nil || unit.Size() != Sat {
		return false
	}
	inBTC, err := Parse(text+" BTC", unit) // an error if it has a unit
	return err == nil && inBTC == m
}

func refuse(phrase, text string) error {
	return ErrAmount.New(fault.Invalid, phrase, fault.Args{"text": shown(text)})
}

func doubt(phrase, text, a, b string) error {
	return ErrAmount.New(fault.Invalid, phrase, fault.Args{"text": shown(text), "a": a, "b": b})
}

// shown is text as a fault may quote it: short, and good for JSON.
func shown(text string) string {
	text = strings.ToValidUTF8(strings.TrimFunc(text, isSpace), "\uFFFD")
	if r := []rune(text); len(r) > 40 {
		text = string(r[:40]) + "…"
	}
	return text
}
