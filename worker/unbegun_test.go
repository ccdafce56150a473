package worker_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// unwilling is a wallet that does not fund a payment, and something else happens meanwhile.
type unwilling struct {
	*vault
	says error
}

func (w unwilling) Prepare(ctx context.Context, to []chain.Output, rate chain.FeeRate, limit amount.Msat) (chain.Prepared, error) {
	if w.says == nil {
		return w.vault.Prepare(ctx, to, rate, limit)
	}
	w.signing()
	return chain.Prepared{}, w.says
}

// stops is a finding that stops payments, and goes on as an operator declares it.
func (r *room) stops() {
	r.do(func(tx *db.Tx) error {
		_, err := freeze.Payments(r.Context(), tx, freeze.Cause{Ref: "txid", Reason: freeze.Spent, What: "a test"})
		return err
	})
}

func (r *room) goesOn() {
	r.do(func(tx *db.Tx) error { _, err := freeze.Acknowledge(r.Context(), tx, "txid", "me"); return err })
}

func (r *room) suspends(u *useraccount.User) {
	r.do(func(tx *db.Tx) error { return useraccount.Suspend(r.Context(), tx, u, "operator", "why", epoch) })
}

// A worker took an order, and is about to give its money back. Meanwhile it was found that
// a node did what the books do not know: that may be this order. Its money stays until an
// operator has looked.
func TestNothingIsGivenBackAfterPaymentsStopped(t *testing.T) {
	type paying struct {
		u    *useraccount.User
		o    *paymentorder.Order
		step func()
	}
	onChain := func(says error, suspends bool) func(r *room, once func()) paying {
		return func(r *room, once func()) paying {
			u := r.rich(1_000_000)
			o := r.order(u, paymentorder.Draft{ToAddress: "bcrt1qsomebody", Amount: 500_000, FeeLimit: 10_000})
			r.do(func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), `UPDATE payment_order SET tries = 100 WHERE id = $1`, o.ID)
				return err
			})
			w := unwilling{&vault{}, says}
			w.signing = func() {
				if once(); suspends {
					r.suspends(u)
				}
			}
			return paying{u, o, func() { r.pays(w) }}
		}
	}
	overLightning := func(does func(*room, *useraccount.User, *purse)) func(r *room, once func()) paying {
		return func(r *room, once func()) paying {
			u, node := r.rich(1_000_000), newPurse()
			o := r.order(u, node.draft(500_000, 10_000))
			does(r, u, node)
			return paying{u, o, func() { r.step(r.payer(0, asked{node, once})) }}
		}
	}
	for name, pay := range map[string]func(r *room, once func()) paying{
		"the fee is too high":                    onChain(chain.ErrFeeTooHigh, false),
		"the address is refused":                 onChain(chain.ErrBadAddress, false),
		"the wallet has no coins":                onChain(chain.ErrNoFunds, false),
		"the payer is suspended while it signs":  onChain(nil, true),
		"the invoice has expired":                overLightning(kept["the invoice has expired"]),
		"the payer of the invoice was suspended": overLightning(kept["the payer is suspended"]),
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, r *room) {
				found := false
				p := pay(r, func() {
					if !found {
						found = true
						r.stops()
					}
				})
				p.step()
				if r.is(p.o, paymentorder.Held); !found {
					t.Fatal("nothing was found meanwhile")
				}
				r.has(p.u, 490_000, 510_000)
				r.goesOn()
				r.ahead.Add(700)
				p.step()
				r.is(p.o, paymentorder.Failed)
				r.has(p.u, 1_000_000, 0)
			})
		})
	}
}

// No node pays what stays among neighbours: its payer has the money back all the same.
func TestWhatStaysInsideIsGivenBackWhilePaymentsAreStopped(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		node := newPurse()
		ann, bob, o := r.billed(node)
		r.stops()
		r.suspends(ann)
		r.step(r.payer(0, node))
		r.is(o, paymentorder.Failed)
		r.has(ann, 1_000_000, 0)
		r.has(bob, 0, 0)
	})
}
