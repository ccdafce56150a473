package chain_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/chain"
)

// guesses is a node that knows what some targets take, and nothing of others.
type guesses struct {
	chain.Node
	by map[int]chain.FeeRate
}

func (g guesses) FeeRate(_ context.Context, target int) (chain.FeeRate, error) {
	rate, known := g.by[target]
	if !known {
		return 0, errors.New("not known")
	}
	return rate, nil
}

func TestSlowIsNeverDearerThanFast(t *testing.T) {
	slow, normal, fast := chain.Targets["slow"], chain.Targets["normal"], chain.Targets["fast"]
	for name, tt := range map[string]struct {
		by   map[int]chain.FeeRate
		want map[string]chain.FeeRate // 0 is an error
	}{
		"in order":            {map[int]chain.FeeRate{slow: 1000, normal: 2000, fast: 3000}, map[string]chain.FeeRate{"slow": 1000, "normal": 2000, "fast": 3000}},
		"a guess for slow":    {map[int]chain.FeeRate{slow: 25000, normal: 9980, fast: 9980}, map[string]chain.FeeRate{"slow": 9980, "normal": 9980, "fast": 9980}},
		"a guess for normal":  {map[int]chain.FeeRate{slow: 1000, normal: 25000, fast: 9980}, map[string]chain.FeeRate{"slow": 1000, "normal": 9980, "fast": 9980}},
		"fast is not known":   {map[int]chain.FeeRate{slow: 5000, normal: 4000}, map[string]chain.FeeRate{"slow": 4000, "normal": 4000, "fast": 0}},
		"slow is not known":   {map[int]chain.FeeRate{normal: 2000, fast: 3000}, map[string]chain.FeeRate{"slow": 0, "normal": 2000, "fast": 3000}},
		"nothing is known":    {nil, map[string]chain.FeeRate{"slow": 0, "normal": 0, "fast": 0}},
		"all are the same":    {map[int]chain.FeeRate{slow: 1000, normal: 1000, fast: 1000}, map[string]chain.FeeRate{"slow": 1000, "normal": 1000, "fast": 1000}},
		"the wrong way round": {map[int]chain.FeeRate{slow: 3000, normal: 2000, fast: 1000}, map[string]chain.FeeRate{"slow": 1000, "normal": 1000, "fast": 1000}},
	} {
		t.Run(name, func(t *testing.T) {
			for speed, want := range tt.want {
				if got, err := chain.FeeRateFor(t.Context(), guesses{by: tt.by}, speed); got != want || (err == nil) != (want > 0) {
					t.Errorf("%s: got %d, %v, want %d", speed, got, err, want)
				}
			}
		})
	}
}
