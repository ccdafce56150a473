package amount_test

import (
	"math/big"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
)

// byRat computes what a text that Parse accepted is worth, in another way:
// by fractions, from the text with everything taken out that only groups.
// A text has one number and one unit word, or Parse would not have taken it.
func byRat(text string, unit amount.Unit) *big.Rat {
	var digits, word strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r == '.' || r == ',':
			digits.WriteByte('.')
		case unicode.IsLetter(r) || r == '₿':
			word.WriteRune(unicode.ToLower(r))
		}
	}
	size := map[amount.Unit]int64{"sat": 1e3, "bit": 1e5, "mbtc": 1e8, "btc": 1e11}[unit]
	switch word.String() {
	case "":
		if size <= 1e3 && strings.HasPrefix(digits.String(), "0.") {
			size = 1e11
		}
	case "s", "sat", "sats", "satoshi", "satoshis":
		size = 1e3
	case "k", "ksat", "ksats":
		size = 1e6
	case "bit", "bits":
		size = 1e5
	case "mbtc":
		size = 1e8
	case "btc", "₿":
		size = 1e11
	default:
		return nil
	}
	n, ok := new(big.Rat).SetString(digits.String())
	if !ok {
		return nil
	}
	return n.Mul(n, new(big.Rat).SetInt64(size))
}

func FuzzAmount(f *testing.F) {
	for _, seed := range []string{
		"5000", "20k", "0.001", "1,000", "1.5", "1 000 000 sat", "₿0.5", "5m", "-1", "0", "0.00000000001 BTC",
		"21000000 BTC", "21000000.00000000001", "18446744073709551617", "1\u00A0234,567\u202Fbits", "1'000.1", "+12.34 mBTC",
	} {
		for i := range amount.Units {
			f.Add(seed, uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, text string, which uint8) {
		unit := amount.Units[int(which)%len(amount.Units)]
		m, err := amount.Parse(text, unit)
		if err != nil {
			if !fault.Is(err, fault.Invalid) || m != 0 {
				t.Fatalf("Parse(%q) = %d, %v", text, m, err)
			}
			return
		}
		if m <= 0 || m > amount.Max {
			t.Fatalf("Parse(%q, %s) = %d, out of range", text, unit, m)
		}
		want := byRat(text, unit)
		if want == nil || want.Cmp(new(big.Rat).SetInt64(int64(m))) != 0 {
			t.Fatalf("Parse(%q, %s) = %d, by fractions %v", text, unit, m, want)
		}
		roundTrip(t, m)
	})
}

// fataler is what *testing.T and *rapid.T have in common.
type fataler interface{ Fatalf(string, ...any) }

// roundTrip checks that every way to write m is read as m, or that Parse
// asks back and offers m.
func roundTrip(t fataler, m amount.Msat) {
	for _, unit := range amount.Units {
		for _, style := range [][2]string{{"", "."}, {"\u00A0", "."}, {"\u00A0", ","}, {"_", "."}, {"'", ","}} {
			text := amount.Format(m, unit, style[0], style[1]) + " " + unit.Symbol()
			got, err := amount.Parse(text, amount.InSat)
			if err != nil && fault.Of(err).Phrase == "amount.ambiguous" {
				got, err = amount.Parse(fault.Of(err).Args["b"].(string), amount.InSat)
			}
			if err != nil || got != m {
				t.Fatalf("%d is written %q and read as %d, %v", m, text, got, err)
			}
		}
	}
	if got, err := amount.ParseBTC(m.BTC()); err != nil || got != m {
		t.Fatalf("%d is %s BTC and read as %d, %v", m, m.BTC(), got, err)
	}
}

func TestEveryAmountIsReadAsItIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom([]int64{1, 1e3, 1e5, 1e6, 1e8, 1e11}).Draw(t, "size")
		n := rapid.Int64Range(1, int64(amount.Max)/size).Draw(t, "n")
		roundTrip(t, amount.Msat(n*size))
	})
}
