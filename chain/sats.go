package chain

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/btcsuite/btcd/btcutil/v2"

	"github.com/bitcoim/bitcoim/amount"
)

// A node counts in whole satoshis, which are btcutil.Amount in this package. The
// books count in amount.Msat, which is all that leaves it. The two meet here. Of
// btcutil.Amount only the integer is used: its String, like each method that
// speaks of another unit, goes by a float.

// sats is m in satoshis, rounded down.
func sats(m amount.Msat) btcutil.Amount { return btcutil.Amount(m.Sats()) }

// msats is a in millisatoshis.
func msats(a btcutil.Amount) amount.Msat { return amount.FromSats(int64(a)) }

// sane reports whether there can be so many satoshis.
func sane(a btcutil.Amount) bool { return a >= 0 && a <= sats(amount.Max) }

// satsOf reads an amount as bitcoind writes it, in bitcoin with at most eight
// decimals, without ever making it a float.
func satsOf(n json.Number) (btcutil.Amount, error) {
	m, err := amount.ParseBTC(string(n))
	switch {
	case err != nil:
		return 0, fmt.Errorf("chain: %q: %w", n, err)
	case m%amount.Sat != 0, strings.HasPrefix(strings.TrimPrefix(string(n), "-"), "."):
		return 0, fmt.Errorf("chain: %q is no amount of a node", n)
	}
	return sats(m), nil
}

// coinsOf writes satoshis, none below zero, as bitcoind reads and writes them: with
// eight decimals, which its recordings in testdata have.
func coinsOf(a btcutil.Amount) json.Number {
	const unit = 100_000_000
	return json.Number(fmt.Sprintf("%d.%08d", a/unit, a%unit))
}
