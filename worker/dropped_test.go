package worker_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// A payer has the money back while a worker is just about to begin. It begins no more:
// nothing is sent, no coin stays locked, and the money is there once.
func TestNothingBeginsThatItsPayerHasBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := enter(t, d)
		drop := func(o *paymentorder.Order) {
			r.must(d.Tx(t.Context(), func(tx *db.Tx) error {
				u, err := useraccount.Lock(t.Context(), tx, o.User)
				if err != nil {
					return err
				}
				o, err := paymentorder.ByID(t.Context(), tx, o.ID)
				if err != nil {
					return err
				}
				return o.Fail(t.Context(), tx, u, paymentorder.Dropped, u.Now)
			}))
		}
		u, node, w := r.rich(1_000_000), newPurse(lightning.Succeeded), &vault{}

		i := r.order(u, node.draft(500_000, 10_000))
		r.step(r.payer(0, asked{node, func() { drop(i) }}))
		r.is(i, paymentorder.Failed)
		if node.calls > 0 {
			t.Errorf("the node was asked to pay %d times", node.calls)
		}

		o := r.order(u, paymentorder.Draft{ToAddress: "bcrt1qsomebody", Amount: 500_000, FeeLimit: 10_000})
		w.signing = func() { drop(o) }
		r.pays(w)
		r.is(o, paymentorder.Failed)
		if len(w.sent) > 0 || w.held > 0 {
			t.Errorf("%d sent, %d coins held", len(w.sent), w.held)
		}
		r.has(u, 1_000_000, 0)
	})
}
