package worker_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
)

// uncredited is what an audit found of a receipt.
func (r *room) uncredited(got lightning.Receipt) (hash string) {
	r.Helper()
	hash = got.Hash.String()
	r.do(func(tx *db.Tx) error {
		_, err := freeze.Payments(r.Context(), tx, freeze.Cause{Ref: hash, Reason: freeze.Uncredited, What: "400000 msat that came are not credited"})
		return err
	})
	return hash
}

// The node was paid for ann, who is not credited: the stream lost it, and the cursor is
// behind it. An operator declared the payment hash and settled it with her. Then the node
// forgets what it showed, and tells all its receipts again, in each life that follows.
func TestWhatAnOperatorSettlesIsCreditedByNoReceipt(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		r.looked("ours")
		ann, missed := r.bill(1)
		bob, got := r.bill(2)
		r.hears("ours", got)
		hash := r.uncredited(missed)
		r.do(func(tx *db.Tx) error { _, err := freeze.Acknowledge(r.Context(), tx, hash, "me"); return err })
		for n, ref := range []string{"payments:7:aabbccdd", "receipts:2:aabbccdd"} {
			eve, later := r.bill(3)
			r.forgets(ref)
			r.hears("ours", missed)
			if at, err := invoice.Cursor(t.Context(), r.Read(), invoice.Life("ours", int64(n+1))); at != 1 || err != nil {
				t.Errorf("the cursor is at %d (%v): the node tells it at each connection", at, err)
			}
			r.hears("ours", missed, got, later)
			r.has(ann, 0, 0)
			r.has(bob, 400_000, 0)
			r.has(eve, 400_000, 0)
		}
	})
}

// That an audit found it is no word of an operator: the gateway credits it when it is told.
func TestWhatAnAuditFoundIsCreditedWhenItIsTold(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		r.looked("ours")
		ann, missed := r.bill(1)
		hash := r.uncredited(missed)
		for _, said := range []freeze.Reason{freeze.Paid, freeze.Unreceived} { // another fact of the same name
			r.do(func(tx *db.Tx) error {
				_, err := tx.ExecContext(r.Context(), `INSERT INTO frozen (ref, reason, what, since, lifted, who) VALUES ($1, $2, '', 1, 2, 'me')`, hash, string(said))
				return err
			})
		}
		r.hears("ours", missed)
		r.has(ann, 400_000, 0)
	})
}

// The receipt is told while the operator declares it: it is booked before, which he hears,
// or not at all. SQLite lets nobody write beside.
func TestNobodyDeclaresAReceiptBetweenTheAnswerAndTheCommit(t *testing.T) {
	r := enter(t, dbtest.Several(t, db.Postgres, 2)...)
	r.looked("ours")
	ann, missed := r.bill(1)
	hash := r.uncredited(missed)
	heard := make(chan struct{})
	err := r.all[1].Tx(t.Context(), func(tx *db.Tx) error {
		if _, err := freeze.Acknowledge(t.Context(), tx, hash, "me"); err != nil {
			return err
		}
		go func() {
			defer close(heard)
			r.hears("ours", missed)
		}()
		waits := make(chan error, 1)
		go func() { waits <- dbtest.Waits(t.Context(), r.all[1], 1) }()
		select {
		case err := <-waits:
			return err
		case <-heard:
			return errBetween
		}
	})
	if err != nil {
		t.Error(err)
	}
	<-heard
	r.has(ann, 0, 0)
}
