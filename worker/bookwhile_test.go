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
	"github.com/bitcoim/bitcoim/worker"
)

// countsRuns counts the transactions that book a receipt, or an order by an operator's
// hand, also those that are undone: no transaction takes back what a sequence has counted.
func (r *room) countsRuns() (runs func() int) {
	r.Helper()
	r.do(func(tx *db.Tx) error {
		for _, sql := range []string{
			`CREATE SEQUENCE runs MINVALUE 0`,
			`CREATE FUNCTION run() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM nextval(''runs''); RETURN NEW; END'`,
			`CREATE TRIGGER run BEFORE INSERT ON operator_act FOR EACH ROW EXECUTE FUNCTION run()`,
			`CREATE TRIGGER run BEFORE UPDATE ON invoice FOR EACH ROW EXECUTE FUNCTION run()`,
		} {
			if _, err := tx.ExecContext(r.Context(), sql); err != nil {
				return err
			}
		}
		return nil
	})
	return func() (n int) { // one more for asking
		r.Helper()
		r.do(func(tx *db.Tx) error { return tx.GetContext(r.Context(), &n, `SELECT nextval('runs')`) })
		return n
	}
}

// An operator books an order while a receipt is being booked, which has the account of
// Lightning and has not yet asked what stops payments. The operator waits, and keeps nothing
// that the receipt asks for: each is booked in one go. SQLite lets nobody write beside.
func TestAnOperatorBooksWhileAReceiptIsBooked(t *testing.T) {
	r := enter(t, dbtest.Several(t, db.Postgres, 3)...)
	r.looked("ours")
	_, before := r.bill(1)
	r.hears("ours", before) // so that the cursor has a row
	ann, got := r.bill(2)
	bob, node := r.rich(1_000_000), newPurse()
	o := r.order(bob, node.draft(500_000, 10_000))
	r.do(func(tx *db.Tx) (err error) {
		if o, err = paymentorder.Take(t.Context(), tx, o.ID, 600); err != nil {
			return err
		}
		_, err = freeze.Payments(t.Context(), tx, freeze.Cause{Ref: o.Hash.String, Reason: freeze.Paid, What: "a test"})
		return err
	})
	runs, over := r.countsRuns(), make(chan error, 2)
	r.must(r.all[2].Tx(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.ExecContext(t.Context(), `SELECT 1 FROM node_cursor WHERE name LIKE 'receipts:%' FOR UPDATE`); err != nil {
			return err
		}
		go func() {
			n := newPurse()
			n.key = "ours"
			over <- (&worker.Receipts{DB: r.all[0], Node: n, Log: r.log(), Wake: func() {}}).Book(context.WithoutCancel(t.Context()), "ours", 0, got)
		}()
		if err := dbtest.Waits(t.Context(), r.all[2], 1); err != nil {
			return err
		}
		go func() {
			out := lightning.Outcome{Hash: node.preim.Hash(), State: lightning.Succeeded, Preimage: node.preim, Amount: 500_000, Fee: 1_000}
			over <- worker.Operator{DB: r.all[1], Name: "me", Reason: "why", Node: "ours"}.Book(context.WithoutCancel(t.Context()), o, out)
		}()
		return dbtest.Waits(t.Context(), r.all[2], 2)
	}))
	for range 2 {
		r.must(<-over)
	}
	if n := runs(); n != 2 {
		t.Errorf("it took %d transactions to book a receipt and an order", n)
	}
	r.is(o, paymentorder.Done)
	r.has(ann, 400_000, 0)
	r.has(bob, 499_000, 0)
	if at, err := invoice.Cursor(t.Context(), r.Read(), "ours"); at != 2 || err != nil {
		t.Errorf("the cursor is at %d (%v)", at, err)
	}
	if r.stopped() {
		t.Error("payments are stopped for what is booked")
	}
}
