package chain

import (
	"errors"
	"testing"

	"github.com/btcsuite/btcd/btcutil/v2"
)

// TestPick is about the choice; that the fee is LND's is what the contract
// suite holds against a real one.
func TestPick(t *testing.T) {
	var coins []lndCoin
	for _, sat := range []btcutil.Amount{100_000, 50_000, 1000} {
		coins = append(coins, lndCoin{Sat: sat, Depth: 1, size: lndSize{41, 109}})
	}
	pay := func(sat btcutil.Amount) []payment { return []payment{{script: make([]byte, 22), sat: sat}} }
	// One P2WPKH input, an output of each kind: 153 vB. The second input: 69.
	for _, tt := range []struct {
		name    string
		sat     btcutil.Amount
		rate    FeeRate
		reserve btcutil.Amount
		coins   int
		fee     btcutil.Amount
		want    error
	}{
		{"the largest is enough", 50_000, 1000, 0, 1, 153, nil},
		{"twice the rate", 50_000, 2000, 0, 1, 306, nil},
		{"a rate that weight does not divide is rounded up", 50_000, 1001, 0, 1, 153, nil},
		{"two are needed", 100_000, 1000, 0, 2, 222, nil},
		{"the fee needs the second", 99_900, 1000, 0, 2, 222, nil},
		{"to the last satoshi", 100_000 - 153, 1000, 0, 1, 153, nil},
		{"change that would be dust is fee", 100_000 - 153 - 329, 1000, 0, 1, 153 + 329, nil},
		{"change that is just not dust", 100_000 - 153 - 330, 1000, 0, 1, 153, nil},
		{"all", 151_000 - 290, 1000, 0, 3, 290, nil},
		{"a satoshi more than all", 151_000 - 289, 1000, 0, 0, 0, ErrNoFunds},
		{"what channels need stays", 50_000, 1000, 100_847, 1, 153, nil},
		{"what channels need would be touched", 50_000, 1000, 100_848, 0, 0, ErrNoFunds},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, fee, err := pick(coins, pay(tt.sat), tt.rate, tt.reserve)
			if !errors.Is(err, tt.want) || len(got) != tt.coins || fee != tt.fee {
				t.Errorf("got %d coins and a fee of %d (%v), want %d and %d (%v)", len(got), fee, err, tt.coins, tt.fee, tt.want)
			}
		})
	}
	if _, _, err := pick(nil, pay(1000), 1000, 0); !errors.Is(err, ErrNoFunds) {
		t.Errorf("no coins: got %v", err)
	}
}
