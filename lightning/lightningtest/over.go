package lightningtest

import (
	"errors"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
)

// over is about a payment that failed, and whose invoice has expired since: who asks
// for it again has to hear that nothing was begun, and not of the old failure alone.
func (b *bench) over(t *testing.T) {
	for expiry := 2 * time.Second; ; expiry *= 2 {
		text, err := b.Far.Invoice(t.Context(), 1000*amount.Sat, "tea", expiry)
		if err != nil {
			t.Fatal(err)
		}
		p := b.payment(t, text)
		if p.FeeLimit = 0; !b.Can.Limit {
			if err := b.Far.Cancel(t.Context(), p.Hash); err != nil {
				t.Fatal(err)
			}
		}
		failed, err := b.Node.Pay(t.Context(), p)
		if errors.Is(err, lightning.ErrRefused) { // it had no time to fail
			continue
		}
		wants(t, failed, err, lightning.Failed)
		inv, err := b.Node.Decode(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		wait(t, time.Until(inv.Expires.Add(time.Second)))
		p.FeeLimit = limit
		if o, err := b.Node.Pay(t.Context(), p); !errors.Is(err, lightning.ErrRefused) || o != failed {
			t.Errorf("got %+v (%v), want %+v and a refusal", o, err, failed)
		}
		if found := b.find(t, p.Hash, lightning.Failed); found != failed {
			t.Errorf("found as %+v, failed as %+v", found, failed)
		}
		return
	}
}
