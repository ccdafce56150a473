package worker_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// asked is a node in whose call to Find something else happens.
type asked struct {
	*purse
	during func()
}

func (n asked) Find(ctx context.Context, h lightning.Hash) (lightning.Outcome, error) {
	n.during()
	return n.purse.Find(ctx, h)
}

// A payment that begins waits for the row of its order, and payments are stopped in
// that moment: it is asked behind the move. That nobody stops them after the answer is
// TestNobodyStopsPaymentsBetweenTheAnswerAndTheCommit. SQLite lets nobody write beside
// the one who begins.
func TestNothingBeginsAfterPaymentsStopped(t *testing.T) {
	for name, pay := range map[string]func(r *room, hold func(*paymentorder.Order)) (begin func(), o *paymentorder.Order){
		"an invoice": func(r *room, hold func(*paymentorder.Order)) (func(), *paymentorder.Order) {
			u, node := r.rich(1_000_000), newPurse(lightning.Succeeded)
			o := r.order(u, node.draft(500_000, 10_000))
			return func() {
				r.step(r.payer(0, asked{node, func() { hold(o) }}))
				if node.calls > 0 {
					r.Errorf("the node was asked to pay %d times", node.calls)
				}
			}, o
		},
		"coins": func(r *room, hold func(*paymentorder.Order)) (func(), *paymentorder.Order) {
			u, w := r.rich(1_000_000), &vault{}
			o := r.order(u, paymentorder.Draft{ToAddress: "bcrt1qsomebody", Amount: 500_000, FeeLimit: 10_000})
			w.signing = func() { hold(o) }
			return func() {
				r.pays(w)
				if len(w.sent) > 0 || w.held > 0 {
					r.Errorf("%d sent, %d coins held", len(w.sent), w.held)
				}
			}, o
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := enter(t, dbtest.Several(t, db.Postgres, 2)...)
			locked, free, over := make(chan bool), make(chan bool), make(chan error, 2)
			begin, o := pay(r, func(o *paymentorder.Order) {
				go func() {
					over <- r.all[1].Tx(t.Context(), func(tx *db.Tx) error {
						_, err := tx.ExecContext(t.Context(), `SELECT 1 FROM payment_order WHERE id = $1 FOR UPDATE`, o.ID)
						close(locked)
						<-free
						return err
					})
				}()
				<-locked
				go func() {
					err := dbtest.Waits(t.Context(), r.all[1], 1)
					if err == nil {
						err = r.all[1].Tx(t.Context(), func(tx *db.Tx) error {
							_, err := freeze.Payments(t.Context(), tx, freeze.Cause{Ref: "txid", Reason: freeze.Spent, What: "a test"})
							return err
						})
					}
					over <- err
					close(free)
				}()
			})
			begin()
			for range 2 {
				r.must(<-over)
			}
			r.is(o, paymentorder.Held)
		})
	}
}

// A node that was set back takes an invoice back that was paid when it was not: what
// it says of that is doubted as well, and no neighbour is paid a second time.
func TestAnInvoiceIsNotPaidInsideOnADoubtedWord(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		for why, doubt := range doubts {
			node := newPurse()
			ann, bob, o := r.billed(node)
			doubt.begins(r)
			for range 3 {
				r.ahead.Add(61)
				r.step(r.payer(0, node))
			}
			i, err := invoice.Find(t.Context(), r.Read(), o.Hash.String)
			r.must(err)
			if got := r.fresh(o).State; got != paymentorder.Sending || i.State != invoice.Inside {
				t.Errorf("%s: the order is %s, the invoice %+v", why, got, i)
			}
			r.has(ann, 500_000, 500_000)
			r.has(bob, 0, 0)
			doubt.ends(r)
			r.ahead.Add(700)
			r.step(r.payer(0, node))
			r.is(o, paymentorder.Done)
			r.has(bob, 500_000, 0)
		}
	})
}
