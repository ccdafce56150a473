package worker_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// A deposit leaves the chain before the payment that was ordered from it began,
// or while it is signed: nothing is sent.
func TestWhatLeftTheChainIsNotSent(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		for name, signing := range map[string]bool{"before it is signed": false, "while it is signed": true} {
			u := r.rich(1000)
			in := chain.Coin{Outpoint: chain.Outpoint{TxID: name}, Address: "bcrt1q" + name, Amount: 100_000 * amount.Sat, Confirmations: 1,
				BlockHash: "b", Height: 5}
			r.do(func(tx *db.Tx) error {
				if err := deposit.AddAddress(t.Context(), tx, u.ID, in.Address, "", 1); err != nil {
					return err
				}
				return rules.Book(t.Context(), tx, epoch, "first", in)
			})
			o := r.order(u, paymentorder.Draft{ToAddress: "bcrt1qsomebody", Amount: 99_000 * amount.Sat, FeeLimit: 100 * amount.Sat})
			leaves := func() {
				if err := r.all[1].Tx(t.Context(), func(tx *db.Tx) error { return rules.Lost(t.Context(), tx, epoch, deposit.Wallet{"first"}, in.Outpoint) }); err != nil {
					t.Error(err)
				}
			}
			w := &vault{}
			if signing {
				w.signing = leaves
			} else {
				leaves()
			}
			for range 4 {
				r.pays(w)
				r.ahead.Add(70)
			}
			if got := r.fresh(o); got.State != paymentorder.Failed || got.Reason != "order.failed-reorg" {
				t.Errorf("%s: the order is %s (%s)", name, got.State, got.Reason)
			}
			if len(w.sent) > 0 || w.held != 0 {
				t.Errorf("%s: %d were sent, %d coins are held", name, len(w.sent), w.held)
			}
			r.has(u, 1000, 0)
		}
	})
}
