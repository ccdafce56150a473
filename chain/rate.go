package chain

import (
	"context"

	"github.com/btcsuite/btcd/btcutil/v2"

	"github.com/bitcoim/bitcoim/amount"
)

// Targets are the three speeds people choose from, in blocks: a day, an hour,
// the next block or two.
var Targets = map[string]int{"slow": 144, "normal": 6, "fast": 2}

// Rater is who knows what the network takes: a Node, for one.
type Rater interface {
	// FeeRate is that of Node.
	FeeRate(ctx context.Context, target int) (FeeRate, error)
}

// FeeRateFor is what the network takes now for a speed. A node that has seen too
// little for one target guesses, and knows another: what is enough for a faster
// speed is enough for a slower one, so none is dearer than those that are faster.
func FeeRateFor(ctx context.Context, n Rater, speed string) (FeeRate, error) {
	least, err := n.FeeRate(ctx, Targets[speed])
	if err != nil {
		return 0, err
	}
	for _, target := range Targets {
		if target >= Targets[speed] {
			continue
		}
		if rate, err := n.FeeRate(ctx, target); err == nil {
			least = min(least, rate)
		}
	}
	return least, nil
}

// minFeeRate is the least that nodes relay by default: one satoshi per
// virtual byte.
const minFeeRate FeeRate = 1000

// For returns the fee of a transaction of vsize virtual bytes, rounded up to
// a whole satoshi.
func (r FeeRate) For(vsize int64) amount.Msat {
	return msats(btcutil.Amount((int64(r)*vsize + 999) / 1000))
}

// perKW is the rate in satoshi per 1000 weight units (BIP 141: a virtual byte
// is four of them), rounded up so that no transaction pays too little.
func (r FeeRate) perKW() int64 { return (int64(r) + 3) / 4 }
