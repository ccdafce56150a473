package worker_test

import (
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// The node has another wallet, and this gateway has not looked since. Nothing is paid
// with coins that are not of the books, and none of them stays locked.
func TestAnotherWalletPaysNothing(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		r.do(func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO node_cursor (name, value, at) VALUES ($1, 'first second', 1)`, deposit.MarkKeys)
			return err
		})
		u, other := r.rich(1_000_000), &vault{keys: []string{"third"}}
		o := r.order(u, paymentorder.Draft{ToAddress: "bcrt1qsomebody", Amount: 500_000, FeeLimit: 10_000})
		for range 3 {
			r.pays(other)
			r.ahead.Add(70)
		}
		if len(other.sent) > 0 || other.held > 0 || other.made == 0 {
			t.Errorf("another wallet signed %d, sent %d and locks %d coins", other.made, len(other.sent), other.held)
		}
		r.is(o, paymentorder.Held)
		w := &vault{keys: []string{"third"}}
		w.signing = func() { w.keys = []string{"second"} } // and is back while it signs
		r.pays(w)
		r.is(o, paymentorder.InFlight)
	})
}

// A payment that was in a block is taken back on the word of the wallet that made it,
// and of no other.
func TestAPaymentIsTakenBackOnlyByItsOwnWallet(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		r.do(func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO node_cursor (name, value, at) VALUES ($1, 'first second', 1)`, deposit.MarkKeys)
			return err
		})
		u, w := r.rich(1_000_000), &vault{keys: []string{"first"}}
		o := r.order(u, paymentorder.Draft{ToAddress: "bcrt1qsomebody", Amount: 500_000, FeeLimit: 10_000})
		r.pays(w)
		w.state = chain.Confirmed
		r.ahead.Add(70)
		r.pays(w)
		r.is(o, paymentorder.Confirming)
		for name, other := range map[string]*vault{
			"another wallet":        {keys: []string{"third"}, state: chain.Unknown},
			"a wallet that rescans": {keys: []string{"first"}, scans: true, state: chain.Unknown},
		} {
			for range 3 {
				r.ahead.Add(70)
				r.pays(other)
			}
			if got := r.fresh(o).State; got != paymentorder.Confirming {
				t.Errorf("%s: the order is %s", name, got)
			}
			r.has(u, 499_000, 0)
		}
		looked := func(keys string) {
			r.do(func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), `UPDATE node_cursor SET value = $2 WHERE name = $1`, deposit.MarkKeys, keys)
				return err
			})
		}
		looked("third") // it was declared
		for range 3 {
			r.ahead.Add(70)
			r.pays(&vault{keys: []string{"third"}, state: chain.Unknown})
		}
		r.is(o, paymentorder.Confirming)
		r.has(u, 499_000, 0)
		looked("first second")
		w.state = chain.Mempool
		r.ahead.Add(70)
		r.pays(w)
		r.is(o, paymentorder.InFlight)
		r.has(u, 499_000, 501_000)
	})
}

// A payment is on its way, and the operator goes over to another wallet and declares it.
// The payment is mined. The new wallet knows what it was paid of (the change was brought
// there) and not the payment: neither that it refuses to send it once more nor what it
// says itself contradicts the payment. Once its own wallet is back, its word counts.
func TestAnotherWalletContradictsNoPayment(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		looked := func(keys string) {
			r.do(func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), `
INSERT INTO node_cursor (name, value, at) VALUES ($1, $2, 1)
ON CONFLICT (name) DO UPDATE SET value = excluded.value`, deposit.MarkKeys, keys)
				return err
			})
		}
		looked("first second")
		u, w := r.rich(2_000_000), &vault{keys: []string{"first"}}
		var all []*paymentorder.Order
		for range 2 {
			all = append(all, r.order(u, paymentorder.Draft{ToAddress: "bcrt1qsomebody", Amount: 500_000, FeeLimit: 10_000}))
			r.pays(w)
		}
		turn := func(node *vault) {
			for range 3 * len(all) {
				r.ahead.Add(70)
				r.pays(node)
			}
		}
		are := func(when string, want paymentorder.State) {
			t.Helper()
			for _, o := range all {
				if got := r.fresh(o).State; got != want {
					t.Errorf("%s: order %d is %s, want %s", when, o.ID, got, want)
				}
			}
		}
		are("sent", paymentorder.InFlight)
		refuses := vault{keys: []string{"third"}, state: chain.Unknown, parent: chain.Confirmed, refuses: chain.ErrRefused}
		contradicts := vault{keys: []string{"third"}, state: chain.Conflicted}
		for name, keys := range map[string]string{"not declared": "first second", "declared": "third"} {
			looked(keys)
			for _, other := range []vault{refuses, contradicts} {
				turn(&other)
			}
			are("another wallet, "+name, paymentorder.InFlight)
		}
		looked("first second")
		for name, own := range map[string]vault{
			"its own rescans":   {keys: []string{"second", "first"}, scans: true, state: chain.Conflicted},
			"its own is behind": {keys: []string{"second", "first"}, behind: true, state: chain.Conflicted},
		} {
			turn(&own)
			are(name, paymentorder.InFlight)
		}
		refuses.keys, refuses.sent = []string{"second", "first"}, nil
		turn(&refuses)
		are("its own wallet", paymentorder.Stuck)
	})
}

// A payment spends the change of another one that mempools have dropped: the node
// says that its coins are missing or spent. Both may be mined yet.
func TestOnlyCoinsOfTheChainAreSpentOtherwise(t *testing.T) {
	for name, tt := range map[string]struct {
		parent chain.State
		want   paymentorder.State
	}{
		"its coins waited for a block, and are in no mempool": {chain.Unknown, paymentorder.Sending},
		"its coins wait for a block":                          {chain.Mempool, paymentorder.Sending},
		"its coins are of the chain":                          {chain.Confirmed, paymentorder.Stuck},
		"its coins are of what a block contradicted":          {chain.Conflicted, paymentorder.Stuck},
	} {
		t.Run(name, func(t *testing.T) {
			r := enter(t, dbtest.SQLite(t))
			u, w := r.rich(1_000_000), &vault{refuses: chain.ErrRefused, parent: tt.parent}
			o := r.order(u, paymentorder.Draft{ToAddress: "bcrt1qsomebody", Amount: 500_000, FeeLimit: 10_000})
			for range 3 {
				r.pays(w)
				r.ahead.Add(70)
			}
			r.is(o, tt.want)
			r.has(u, 490_000, 510_000)
			w.refuses, w.parent = nil, chain.Confirmed // it came back
			r.ahead.Add(700)
			r.pays(w)
			r.is(o, paymentorder.InFlight)
			if w.made != 1 {
				t.Errorf("%d were signed", w.made)
			}
		})
	}
}

// A mempool forgot a payment. That the node cannot say what its coins are of keeps it
// from being taken for dead, and not from being sent again. Of a payment that waits for
// a block nobody asks.
func TestAPaymentIsSentAgainWhateverIsKnownOfItsCoins(t *testing.T) {
	r := enter(t, dbtest.SQLite(t))
	u, w := r.rich(1_000_000), &vault{}
	o := r.order(u, paymentorder.Draft{ToAddress: "bcrt1qsomebody", Amount: 500_000, FeeLimit: 10_000})
	turn := func() {
		r.ahead.Add(70)
		r.pays(w)
	}
	turn()
	r.is(o, paymentorder.InFlight)
	w.state, w.parent, w.rootErr = chain.Unknown, chain.Confirmed, errors.New("no answer")
	sent := len(w.sent)
	turn()
	if len(w.sent) != sent+1 {
		t.Errorf("it was sent %d times, want %d", len(w.sent), sent+1)
	}
	w.refuses = chain.ErrRefused
	turn()
	r.is(o, paymentorder.InFlight)
	w.refuses, w.state, w.roots = nil, chain.Mempool, 0
	sent = len(w.sent)
	for range 60 {
		turn()
	}
	if len(w.sent) != sent+1 || w.roots > 0 {
		t.Errorf("it was sent %d times, want %d; its coins were asked for %d times", len(w.sent), sent+1, w.roots)
	}
	r.has(u, 490_000, 510_000)
}
