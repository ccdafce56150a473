package limedoor

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/wallet"
)

func TestMoney(t *testing.T) {
	for name, tt := range map[string]struct {
		text, unit string
		want       amount.Msat // 0 is an error
	}{
		"sat":                      {"5000", "", 5_000_000},
		"sat by name":              {"5000", "Sat", 5_000_000},
		"thousandths":              {"1.125", "sat", 1125},
		"zeros that say nothing":   {"1.12500", "sat", 1125},
		"zeros in front":           {"007", "sat", 7000},
		"msat":                     {"7", "msat", 7},
		"bits":                     {"2.5", "bits", 250_000},
		"a bitcoin":                {"1", "BTC", amount.BTC},
		"the finest part of one":   {"0.00000000001", "BTC", 1},
		"all there is":             {"21000000", "BTC", amount.Max},
		"more than there is":       {"21000000.00000000001", "BTC", 0},
		"more than a machine word": {"99999999999999999999", "sat", 0},
		"finer than msat":          {"1.0001", "sat", 0},
		"nothing":                  {"0", "sat", 0},
		"next to nothing":          {"0.000", "sat", 0},
		"no digits":                {"", "sat", 0},
		"a point alone":            {".", "sat", 0},
		"no whole part":            {".5", "sat", 0},
		"two points":               {"1.2.3", "sat", 0},
		"a comma":                  {"1,5", "sat", 0},
		"a sign":                   {"-1", "sat", 0},
		"another sign":             {"+1", "sat", 0},
		"an exponent":              {"1e3", "sat", 0},
		"spaces":                   {" 1", "sat", 0},
		"other digits":             {"١", "sat", 0},
		"dollars":                  {"1", "USD", 0},
		"very long":                {"0.00000000000000000000000000000000000000000001", "sat", 0},
	} {
		got, err := money(tt.text, tt.unit)
		if got != tt.want && tt.want != 0 || (err == nil) != (tt.want != 0) {
			t.Errorf("%s: got %d, %v, want %d", name, got, err, tt.want)
		}
	}
}

// What is read is more than nothing, and no more than there is.
func FuzzMoney(f *testing.F) {
	for _, text := range []string{"5000", "1.125", "0.00000000001", "21000000", "1e3", "", ".5"} {
		f.Add(text, "sat")
		f.Add(text, "btc")
	}
	f.Fuzz(func(t *testing.T, text, unit string) {
		m, err := money(text, unit)
		if err != nil {
			return
		}
		if m <= 0 || m > amount.Max {
			t.Fatalf("%q %q is %d", text, unit, m)
		}
	})
}

func TestEveryFaultHasACode(t *testing.T) {
	for _, k := range fault.Kinds {
		if codes[k] == 0 {
			t.Errorf("%s has no code", k)
		}
	}
	for name, tt := range map[string]struct {
		err  *fault.Error
		want int
	}{
		"a limit":                       {wallet.ErrLimit.New(fault.NotAllowed, "limit.new", nil), 1002},
		"an order that has expired":     {wallet.ErrExpired.With(fault.Args{"code": "k7fw"}), 1003},
		"an order that there is not":    {fault.New(fault.NotFound, "order.unknown", nil), 67},
		"too little money":              {fault.New(fault.InsufficientFunds, "order.short", nil), 1001},
		"nobody of that name":           {wallet.ErrNobody, 42},
		"a database that may have done": {wallet.ErrOutcomeUnknown.Because(context.Canceled), 1009},
		"what is hidden from an app":    {fault.Wrap(wallet.ErrTooSmall, fault.NotAllowed, "app.not-now", nil), 66},
	} {
		if got := codeOf(tt.err); int(got) != tt.want {
			t.Errorf("%s: got %d, want %d", name, got, tt.want)
		}
	}
}
