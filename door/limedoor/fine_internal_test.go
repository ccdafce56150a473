package limedoor

import (
	"strconv"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/wallet"
)

// exact is what a number of the wire is in msat: its fine one if there is one.
func exact(sat int64, fine string) amount.Msat {
	if m, err := strconv.ParseInt(fine, 10, 64); err == nil {
		return amount.Msat(m)
	}
	return amount.FromSats(sat)
}

func TestAmountAndFeeAreTheTotal(t *testing.T) {
	for _, a := range []amount.Msat{1, 999, 1000, 1001, 1200, 1500, 5_000_000, 5_000_001} {
		for _, fee := range []amount.Msat{0, 1, 200, 700, 999, 1000, 1001, 12_300} {
			o := (&Door{}).orderOf(wallet.OrderRecord{Amount: a, FeeLimit: fee, State: "new"}, speech{})
			if o.Amount+o.Fee != o.Total {
				t.Errorf("%d and %d: %d + %d is not %d sat", a, fee, o.Amount, o.Fee, o.Total)
			}
			if o.Total != (a + fee).CeilSat().Sats() {
				t.Errorf("%d and %d: up to %d sat leave", a, fee, o.Total)
			}
			if exact(o.Amount, o.Fine) != a || exact(o.Fee, o.FineFee) != fee || exact(o.Total, o.FineAll) != a+fee {
				t.Errorf("%d and %d: exactly %+v", a, fee, o)
			}
		}
	}
}

func TestOrdersAreOfWholeSatOrOfMsat(t *testing.T) {
	for name, tt := range map[string]struct {
		ask ask
		ok  bool
	}{
		"whole sat":             {ask{To: "bob", Amount: "2"}, true},
		"with a point":          {ask{To: "bob", Amount: "2.0", Unit: "sat"}, true},
		"a part of a sat":       {ask{To: "bob", Amount: "1.5"}, false},
		"said in msat":          {ask{To: "bob", Amount: "1500", Unit: "msat"}, true},
		"in capitals":           {ask{To: "bob", Amount: "1500", Unit: "MSAT"}, true},
		"whole sat in btc":      {ask{To: "bob", Amount: "0.00000001", Unit: "btc"}, true},
		"a part of it in btc":   {ask{To: "bob", Amount: "0.000000015", Unit: "btc"}, false},
		"a part of it in bit":   {ask{To: "bob", Amount: "0.015", Unit: "bit"}, false},
		"all that there is":     {ask{To: "bob", Amount: "all"}, true},
		"what an invoice says":  {ask{To: "lnbc1"}, true},
		"less than a sat, msat": {ask{To: "bob", Amount: "1", Unit: "msat"}, true},
	} {
		if _, err := tt.ask.payment(); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
