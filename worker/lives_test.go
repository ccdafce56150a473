package worker_test

import (
	"context"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/worker"
)

// forgets is an operator's word that the node has forgotten what it showed.
func (r *room) forgets(ref string) {
	r.Helper()
	r.do(func(tx *db.Tx) error {
		_, err := freeze.Payments(r.Context(), tx, freeze.Cause{Ref: ref, Reason: freeze.Restored, What: "a test"})
		return err
	})
	r.do(func(tx *db.Tx) error { _, err := freeze.Acknowledge(r.Context(), tx, ref, "me"); return err })
}

// LND lost its disk and came back from its seed: the same key, and it counts from 1. When
// that is declared, all that users are paid is credited, below the cursor that there was
// and above. So it is the next time.
func TestANodeFromItsSeedCountsFromOne(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		r.looked("ours")
		ann, before := r.bill(101)
		r.hears("ours", before)
		r.has(ann, 400_000, 0)
		for _, ref := range []string{"payments:7:aabbccdd", "receipts:101:aabbccdd"} {
			bob, first := r.bill(1)
			eve, second := r.bill(2)
			r.hears("ours", first, second)
			r.has(eve, 0, 0)
			r.forgets(ref)
			r.hears("ours", first)
			r.hears("ours", first, second)
			r.has(bob, 400_000, 0)
			r.has(eve, 400_000, 0)
			dan, later := r.bill(102)
			r.hears("ours", first, second, later)
			r.has(dan, 400_000, 0)
		}
		r.has(ann, 400_000, 0)
	})
}

// The node had not forgotten its receipts, but its payments alone: it tells all of them
// again, and none is credited twice.
func TestWhatIsToldAgainIsCreditedOnce(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		r.looked("ours")
		ann, first := r.bill(1)
		bob, second := r.bill(2)
		r.hears("ours", first, second)
		r.forgets("payments:7:aabbccdd")
		eve, third := r.bill(3)
		r.hears("ours", first, second, third)
		r.has(ann, 400_000, 0)
		r.has(bob, 400_000, 0)
		r.has(eve, 400_000, 0)
	})
}

// An operator declares it between the cursor and a receipt: that is of a life that is
// over, and is told again.
func TestAReceiptOfALifeThatIsOverIsToldAgain(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		r.looked("ours")
		ann, got := r.bill(5)
		n := &teller{purse: newPurse(), all: []lightning.Receipt{got}}
		n.key, n.before = "ours", func() { r.forgets("payments:7:aabbccdd") }
		r.listens(n)
		r.has(ann, 0, 0)
		r.hears("ours", got)
		r.has(ann, 400_000, 0)
	})
}

// silent is a node that was asked for more than it has.
type silent struct {
	*purse
	asked func()
}

func (n silent) Settled(ctx context.Context, _ uint64, _ func(lightning.Receipt) error) error {
	n.asked()
	<-ctx.Done()
	return ctx.Err()
}

// Whoever listens since before it was declared would hear nothing, for as long as the
// connection lasts.
func TestWhoListensNoticesAnotherLife(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		r.looked("ours")
		n := silent{newPurse(), func() { r.forgets("payments:7:aabbccdd") }}
		n.key = "ours"
		more, err := (&worker.Receipts{DB: r.DB, Node: n, Log: r.log(), Wake: func() {}, Poll: time.Millisecond}).Step(r.Context())
		if !more || err != nil {
			t.Errorf("it goes on: %v (%v)", more, err)
		}
	})
}
