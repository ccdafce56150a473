package wallet_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/wallet"
)

// What an operator writes counts in sat, whatever users count in.
func TestABudgetOfTheConfiguration(t *testing.T) {
	for text, want := range map[string]wallet.Budget{
		"0":              {Per: "day"},
		"":               {Per: "day"},
		"1000 sat/day":   {Amount: 1000 * amount.Sat, Per: "day"},
		"1000/week":      {Amount: 1000 * amount.Sat, Per: "week"},
		"2000sat/month":  {Amount: 2000 * amount.Sat, Per: "month"},
		"2000 sat/total": {Amount: 2000 * amount.Sat, Per: "total"},
	} {
		if got, err := wallet.ParseBudget(text); err != nil || got != want {
			t.Errorf("%q is %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"much", "5/year", "-5/day"} {
		if got, err := wallet.ParseBudget(text); err == nil {
			t.Errorf("%q is %+v", text, got)
		}
	}
}
