package chain

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
)

// coinDecimals is how many digits bitcoind writes after the point.
const coinDecimals = 8

// satsOf reads an amount as bitcoind writes it, in bitcoin with at most eight
// decimals, without ever making it a float.
func satsOf(n json.Number) (int64, error) {
	text, negative := strings.CutPrefix(string(n), "-")
	whole, part, _ := strings.Cut(text, ".")
	if whole == "" || len(part) > coinDecimals {
		return 0, fmt.Errorf("chain: %q is no amount", n)
	}
	digits, sat := whole+part+strings.Repeat("0", coinDecimals-len(part)), int64(0)
	for _, d := range []byte(digits) {
		if d < '0' || d > '9' {
			return 0, fmt.Errorf("chain: %q is no amount", n)
		}
		if sat = 10*sat + int64(d-'0'); sat > amount.Max.Sats() {
			return 0, fmt.Errorf("chain: %q is more than there is", n)
		}
	}
	if negative {
		sat = -sat
	}
	return sat, nil
}

// coinsOf writes satoshis, none below zero, as bitcoind reads them.
func coinsOf(sat int64) json.Number {
	const unit = 100_000_000
	return json.Number(fmt.Sprintf("%d.%08d", sat/unit, sat%unit))
}
