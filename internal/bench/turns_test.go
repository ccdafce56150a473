package main

import (
	"context"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for name, tt := range map[string]struct {
		of   []float64
		want float64
	}{
		"of nothing it is nothing":          {nil, 0},
		"of an odd number it is in order":   {[]float64{9, 1, 5}, 5},
		"of an even number it is between":   {[]float64{4, 1, 2, 9}, 3},
		"one that is far off has no weight": {[]float64{1, 1, 1000}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := median(tt.of); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestCount(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 999: "999", 1000: "1,000", 12345.6: "12,346", 1234567: "1,234,567"} {
		if got := count(f); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// A machine that is busy for a while slows both halves of a round.
func TestTheRatioIsThatOfTheRounds(t *testing.T) {
	slow := []float64{1, 10, 1, 5, 2}
	round := 0
	say := func(speed float64) rate {
		return func(context.Context, time.Duration) (sample, error) {
			s := sample{perSecond: speed / slow[round/2]}
			round++
			return s, nil
		}
	}
	got, err := turns(t.Context(), plan{rounds: len(slow)}, say(1000), say(700))
	if err != nil {
		t.Fatal(err)
	}
	if r := got.ratio(); r < 0.699 || r > 0.701 {
		t.Errorf("got %v, want 0.7", r)
	}
	if v := got.row("x", "y", 0.8).verdict; v != "MISSED" {
		t.Errorf("got %q, want MISSED", v)
	}
}
