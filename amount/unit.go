package amount

import (
	"strings"

	"github.com/bitcoim/bitcoim/fault"
)

// Unit is a unit people count money in. The empty Unit means InSat.
type Unit string

// The units a user may choose to count in. Fiat money is none of them: rates
// change, and orders do not.
const (
	InSat  Unit = "sat"
	InBit  Unit = "bit"  // 100 sat
	InMBTC Unit = "mbtc" // 100 000 sat
	InBTC  Unit = "btc"  // 100 000 000 sat
)

// Units lists every unit, smallest first.
var Units = []Unit{InSat, InBit, InMBTC, InBTC}

// Size is how much one of u is. An unknown unit counts as InSat, so that a
// stale setting can only make an amount smaller.
func (u Unit) Size() Msat {
	switch u {
	case InBit:
		return 100 * Sat
	case InMBTC:
		return BTC / 1000
	case InBTC:
		return BTC
	}
	return Sat
}

// decimals is how many decimals of u reach down to one millisatoshi.
func (u Unit) decimals() int {
	n := 0
	for s := u.Size(); s > 1; s /= 10 {
		n++
	}
	return n
}

// Symbol is how u is written after a number.
func (u Unit) Symbol() string {
	switch u {
	case InBit:
		return "bit"
	case InMBTC:
		return "mBTC"
	case InBTC:
		return "BTC"
	}
	return "sat"
}

// words are the unit words that may follow a number, in lower case, with how
// much one of them is.
var words = map[string]Msat{
	"sat": Sat, "sats": Sat, "s": Sat, "satoshi": Sat, "satoshis": Sat,
	"k": 1000 * Sat, "ksat": 1000 * Sat, "ksats": 1000 * Sat,
	"bit": 100 * Sat, "bits": 100 * Sat,
	"mbtc": BTC / 1000,
	"btc":  BTC, "₿": BTC,
}

// fiat are words and signs of other moneys, in lower case: enough to say why
// they are refused. Codes that are English words (try, pen, mad) are not
// here, for a memo may begin with them.
var fiat = set("€ $ £ ¥ ₹ ₽ ₩ ₺ ₴ ₪ ₦ ฿ euro euros dollar dollars pound pounds yen franc francs " +
	"aed ars aud bgn brl cad chf clp cny czk dkk egp eur gbp hkd huf idr ils inr irr isk jpy kes krw " +
	"mxn myr ngn nok nzd php pkr pln rub sar sek sgd thb twd uah usd usdt uyu ves vnd zar")

func set(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}

// IsUnitWord reports whether word, in any case, means a unit or a currency
// after a number. Nobody may be called that.
func IsUnitWord(word string) bool {
	word = strings.ToLower(word)
	_, ok := words[word]
	return ok || fiat[word] || word == "m"
}

// ParseUnit reads a unit as a user chooses it: sat, bit, mbtc or btc, in any
// case, plural or not. Its fault is amount.unit or amount.fiat {text, unit}.
func ParseUnit(text string) (Unit, error) {
	word := strings.ToLower(strings.TrimSpace(text))
	if size, ok := words[word]; ok {
		for _, u := range Units {
			if u.Size() == size {
				return u, nil
			}
		}
	}
	return "", unknownUnit(text, word)
}

func unknownUnit(text, word string) error {
	key := "amount.unit"
	if fiat[word] {
		key = "amount.fiat"
	}
	return ErrAmount.New(fault.Invalid, key, fault.Args{"text": shown(text), "unit": shown(word)})
}
