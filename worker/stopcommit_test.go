package worker_test

import (
	"cmp"
	"context"
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

var errBetween = errors.New("payments were stopped between the answer and the commit")

// commitsWait lets every transaction that moves an order wait at its commit, when all
// that it asks is answered, as long as somebody has the lock of that number.
func (r *room) commitsWait(lock string) {
	r.Helper()
	r.do(func(tx *db.Tx) error {
		for _, sql := range []string{
			`CREATE FUNCTION waits() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(` + lock + `); RETURN NULL; END'`,
			`CREATE CONSTRAINT TRIGGER waits AFTER UPDATE ON payment_order DEFERRABLE INITIALLY DEFERRED
			 FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION waits()`,
		} {
			if _, err := tx.ExecContext(r.Context(), sql); err != nil {
				return err
			}
		}
		return nil
	})
}

// Who asks whether payments are stopped is at the commit, and somebody stops payments
// in that moment: they wait until the payment has begun, and find it. SQLite lets nobody
// write beside.
func TestNobodyStopsPaymentsBetweenTheAnswerAndTheCommit(t *testing.T) {
	for name, tt := range map[string]struct {
		want paymentorder.State
		move func(r *room) (act func(), o *paymentorder.Order)
	}{
		"an invoice begins": {paymentorder.Done, func(r *room) (func(), *paymentorder.Order) {
			node := newPurse(lightning.Succeeded)
			o := r.order(r.rich(1_000_000), node.draft(500_000, 10_000))
			return func() { r.step(r.payer(0, node)) }, o
		}},
		"coins begin": {paymentorder.InFlight, func(r *room) (func(), *paymentorder.Order) {
			o := r.order(r.rich(1_000_000), paymentorder.Draft{ToAddress: "bcrt1qsomebody", Amount: 500_000, FeeLimit: 10_000})
			return func() { r.pays(&vault{}) }, o
		}},
		"a neighbour's invoice begins": {paymentorder.Done, func(r *room) (func(), *paymentorder.Order) {
			node := newPurse()
			_, _, o := r.billed(node)
			return func() { r.step(r.payer(0, node)) }, o
		}},
		"money comes back on the word of the node": {paymentorder.Failed, func(r *room) (func(), *paymentorder.Order) {
			node := newPurse()
			o := r.order(r.rich(1_000_000), node.draft(500_000, 10_000))
			r.begins(o)
			node.state = lightning.Outcome{State: lightning.Failed, Attempt: 2}
			r.ahead.Add(61)
			r.step(r.payer(0, node)) // its holder is silent
			r.ahead.Add(61)
			return func() { r.step(r.payer(0, node)) }, o
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := enter(t, dbtest.Several(t, db.Postgres, 3)...)
			act, o := tt.move(r)
			r.commitsWait("7")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			locked, free, over := make(chan bool), make(chan bool), make(chan error, 2)
			go func() {
				over <- r.all[2].Tx(ctx, func(tx *db.Tx) error {
					_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(7)`)
					close(locked)
					<-free
					return err
				})
			}()
			<-locked
			go func() {
				err := dbtest.Waits(ctx, r.all[1], 1)
				stopped, waits := make(chan error, 1), make(chan error, 1)
				go func() {
					stopped <- r.all[1].Tx(ctx, func(tx *db.Tx) error {
						_, err := freeze.Payments(ctx, tx, freeze.Cause{Ref: "txid", Reason: freeze.Spent, What: "a test"})
						return err
					})
				}()
				go func() { waits <- dbtest.Waits(ctx, r.all[1], 2) }()
				select {
				case failed := <-stopped:
					err = cmp.Or(err, failed, errBetween)
					close(free)
				case failed := <-waits:
					close(free)
					err = cmp.Or(err, failed, <-stopped)
				}
				over <- err
			}()
			act()
			for range 2 {
				if err := <-over; err != nil {
					t.Error(err)
				}
			}
			r.is(o, tt.want)
			if !r.stopped() {
				t.Error("payments are not stopped")
			}
		})
	}
}
