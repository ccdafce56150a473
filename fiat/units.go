package fiat

import (
	"math/big"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/amount"
)

// Rate is what one bitcoin costs.
type Rate struct {
	Currency
	PerBTC *big.Rat  // units of the currency
	At     time.Time // when that was so
}

// Units says what m is worth: a decimal number with a dot and as many decimals
// as the currency has, rounded towards zero, so that nobody is shown more than
// there is. The zero Rate has no price, and says "".
func (r Rate) Units(m amount.Msat) string {
	if r.PerBTC == nil {
		return ""
	}
	// In the smallest coin: m / BTC × PerBTC × 10^Decimals, cut off.
	n := new(big.Int).Mul(big.NewInt(int64(m)), r.PerBTC.Num())
	n.Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(r.Decimals)), nil))
	n.Quo(n, new(big.Int).Mul(big.NewInt(int64(amount.BTC)), r.PerBTC.Denom()))

	sign := ""
	if n.Sign() < 0 {
		sign = "-"
	}
	digits := n.Abs(n).String()
	if r.Decimals == 0 {
		return sign + digits
	}
	if missing := r.Decimals + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	dot := len(digits) - r.Decimals
	return sign + digits[:dot] + "." + digits[dot:]
}
