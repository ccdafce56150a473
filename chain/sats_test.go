package chain

import (
	"encoding/json"
	"testing"

	"github.com/btcsuite/btcd/btcutil/v2"
	"pgregory.net/rapid"

	"github.com/bitcoim/bitcoim/amount"
)

func TestSatsOf(t *testing.T) {
	for text, want := range map[json.Number]btcutil.Amount{
		"0": 0, "0.00000000": 0, "0.00000001": 1, "1": 100_000_000, "0.1": 10_000_000, "-0.00001410": -1410,
		"20999999.97690000": 2_099_999_997_690_000, "21000000": 2_100_000_000_000_000,
		// 0.07 * 1e8 is 7000000.000000001 as a float.
		"0.07": 7_000_000,
	} {
		if got, err := satsOf(text); err != nil || got != want {
			t.Errorf("%s: got %d (%v), want %d", text, got, err, want)
		}
	}
	for _, text := range []json.Number{"", "-", ".5", "1e-8", "1E3", "0.000000001", "21000000.00000001", "99999999999999999999", "0x10", "1,5", "NaN", "--1", "1.-5", " 1"} {
		if got, err := satsOf(text); err == nil {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

func TestCoinsOfIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sat := btcutil.Amount(rapid.Int64Range(0, amount.Max.Sats()).Draw(t, "sat"))
		if got, err := satsOf(coinsOf(sat)); err != nil || got != sat {
			t.Errorf("%d is written %s and read %d (%v)", sat, coinsOf(sat), got, err)
		}
	})
}
