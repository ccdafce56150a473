package paymentorder_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/paymentorder"
)

func TestFees(t *testing.T) {
	for name, tt := range map[string]struct {
		fees       paymentorder.Fees
		m          amount.Msat
		limit, all amount.Msat // for m, and of a balance of m
	}{
		"one percent":                       {paymentorder.Fees{PerMillion: 10_000}, 100_000, 1_000, 99_009},
		"rounded up":                        {paymentorder.Fees{PerMillion: 10_000}, 100_001, 1_001, 99_010},
		"at least ten sat":                  {paymentorder.Fees{PerMillion: 10_000, Least: 10_000}, 100_000, 10_000, 90_000},
		"no more than the least":            {paymentorder.Fees{PerMillion: 10_000, Least: 10_000}, 10_001, 10_000, 1},
		"less than the least":               {paymentorder.Fees{PerMillion: 10_000, Least: 10_000}, 9_999, 10_000, 0},
		"nothing":                           {paymentorder.Fees{PerMillion: 10_000, Least: 10_000}, 0, 10_000, 0},
		"free":                              {paymentorder.Fees{}, 77, 0, 77},
		"all the money there is":            {paymentorder.Fees{PerMillion: 10_000}, amount.Max, amount.Max / 100, 2_079_207_920_792_079_207},
		"all the money, and the most there": {paymentorder.Fees{PerMillion: 100_000}, amount.Max, amount.Max / 10, 1_909_090_909_090_909_090},
	} {
		if got := tt.fees.Limit(tt.m); got != tt.limit {
			t.Errorf("%s: the limit is %d, want %d", name, got, tt.limit)
		}
		if got := tt.fees.All(tt.m); got != tt.all {
			t.Errorf("%s: all is %d, want %d", name, got, tt.all)
		}
	}
	if got := (paymentorder.Fees{PerMillion: 10_000}).All(-5); got != 0 {
		t.Errorf("of debts one can pay %d", got)
	}
}

// fees are any that the configuration takes, and dearer ones.
func fees(r *rapid.T) paymentorder.Fees {
	return paymentorder.Fees{PerMillion: rapid.Int64Range(0, 1_000_000).Draw(r, "per million"),
		Least: amount.Msat(rapid.Int64Range(0, int64(amount.BTC)).Draw(r, "least"))}
}

func msat(r *rapid.T, name string) amount.Msat {
	return amount.Msat(rapid.OneOf(rapid.Int64Range(0, int64(amount.Max)), rapid.Int64Range(0, 10_000_000),
		rapid.Int64Range(int64(amount.Max)-1000, int64(amount.Max))).Draw(r, name))
}

// The limit is the share that was agreed, rounded up, however large the amount.
func TestTheFeeLimitIsExact(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f, m := fees(r), msat(r, "amount")
		part := new(big.Int).Mul(big.NewInt(int64(m)), big.NewInt(f.PerMillion))
		part.Add(part, big.NewInt(999_999)).Div(part, big.NewInt(1_000_000))
		if want := max(part.Int64(), int64(f.Least)); !part.IsInt64() || int64(f.Limit(m)) != want {
			r.Errorf("%+v of %d: got %d, want %s", f, m, f.Limit(m), part)
		}
	})
}

// All and its fee fit into the balance, and nothing more does.
func TestAllIsTheMostThatFits(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f, balance := fees(r), msat(r, "balance")
		all := f.All(balance)
		if all < 0 || all > balance || all > 0 && all+f.Limit(all) > balance {
			r.Errorf("%+v: all of %d is %d and %d", f, balance, all, f.Limit(all))
		}
		if next := all + 1; next+f.Limit(next) <= balance {
			r.Errorf("%+v: of %d also %d and %d could go", f, balance, next, f.Limit(next))
		}
	})
}
