package lightningtest

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
)

// began pays twice and looks for both in the list: which came first is told,
// and that neither was to the node itself.
func (b *bench) began(t *testing.T) {
	var made []lightning.Outcome
	for range 2 {
		o, err := b.Node.Pay(t.Context(), b.bill(t, b.Far, 1000*amount.Sat))
		wants(t, o, err, lightning.Succeeded)
		made = append(made, o)
	}
	if !made[0].Begun.Before(made[1].Begun) || made[0].Begun.IsZero() {
		t.Errorf("begun at %v, and the next at %v", made[0].Begun, made[1].Begun)
	}
	listed := 0
	for from := uint64(0); ; {
		page, next, err := b.Node.Paid(t.Context(), from, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page {
			if o.Self {
				t.Errorf("taken for a payment to the node itself: %+v", o)
			}
			for _, m := range made {
				if o.Hash == m.Hash && o.Begun.Equal(m.Begun) {
					listed++
				}
			}
		}
		if next == from {
			break
		}
		from = next
	}
	if listed != len(made) {
		t.Errorf("%d of %d are listed", listed, len(made))
	}
}
