package chain

import "github.com/bitcoim/bitcoim/amount"

// Targets are the three speeds people choose from, in blocks: a day, an hour,
// the next block or two.
var Targets = map[string]int{"slow": 144, "normal": 6, "fast": 2}

// minFeeRate is the least that nodes relay by default: one satoshi per
// virtual byte.
const minFeeRate FeeRate = 1000

// For returns the fee of a transaction of vsize virtual bytes, rounded up to
// a whole satoshi.
func (r FeeRate) For(vsize int64) amount.Msat {
	return amount.FromSats((int64(r)*vsize + 999) / 1000)
}

// perKW is the rate in satoshi per 1000 weight units (BIP 141: a virtual byte
// is four of them), rounded up so that no transaction pays too little.
func (r FeeRate) perKW() int64 { return (int64(r) + 3) / 4 }
