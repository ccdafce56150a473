package worker_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// The mempool of our node asks for more than a stored payment pays. Others may
// have the payment: nothing contradicts it, and nobody may take it for dead.
func TestAMempoolThatAsksForMoreContradictsNothing(t *testing.T) {
	r := enter(t, dbtest.SQLite(t))
	u, w := r.rich(1_000_000), &vault{refuses: chain.ErrNotNow}
	o := r.order(u, paymentorder.Draft{ToAddress: "bcrt1qsomebody", Amount: 500_000, FeeLimit: 10_000})
	for range 100 {
		r.pays(w)
		r.ahead.Add(70)
	}
	r.is(o, paymentorder.Sending)
	r.has(u, 490_000, 510_000)
	w.refuses = nil
	r.pays(w)
	r.is(o, paymentorder.InFlight)
	w.refuses, w.state = chain.ErrNotNow, chain.Unknown // the mempool forgot it, and does not want it back
	for range 100 {
		r.ahead.Add(70)
		r.pays(w)
	}
	r.is(o, paymentorder.InFlight)
	if w.made != 1 {
		t.Errorf("%d were signed", w.made)
	}
}
