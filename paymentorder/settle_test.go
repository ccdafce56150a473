package paymentorder_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// step is what a worker writes down about one order.
type step func(c town, o *paymentorder.Order, u *useraccount.User, tx *db.Tx) error

func store(fee amount.Msat) step {
	return func(c town, o *paymentorder.Order, _ *useraccount.User, tx *db.Tx) error {
		return o.Store(c.ctx, tx, signed(o, fee), now)
	}
}

func broadcast(c town, o *paymentorder.Order, _ *useraccount.User, tx *db.Tx) error {
	return o.Broadcasted(c.ctx, tx, now)
}

func mine(c town, o *paymentorder.Order, u *useraccount.User, tx *db.Tx) error {
	return o.Mined(c.ctx, tx, u, 1, now, now)
}

func unmine(c town, o *paymentorder.Order, u *useraccount.User, tx *db.Tx) error {
	return o.Unmined(c.ctx, tx, u, now, now)
}

func bury(c town, o *paymentorder.Order, _ *useraccount.User, tx *db.Tx) error {
	return o.Deeper(c.ctx, tx, 6, 6, now, now)
}

func deeper(c town, o *paymentorder.Order, _ *useraccount.User, tx *db.Tx) error {
	return o.Deeper(c.ctx, tx, 5, 6, now, now)
}

func contradict(c town, o *paymentorder.Order, _ *useraccount.User, tx *db.Tx) error {
	return o.MarkConflicted(c.ctx, tx, now)
}

func fail(c town, o *paymentorder.Order, u *useraccount.User, tx *db.Tx) error {
	return o.Fail(c.ctx, tx, u, "order.failed-fee", now)
}

func resolve(c town, o *paymentorder.Order, u *useraccount.User, tx *db.Tx) error {
	return o.Resolve(c.ctx, tx, u, "another one was mined", now)
}

// TestSettle plays lives of an order of 100 sat with at most 10 for the fee, of
// a user who has 1,000, and checks the money after every step.
func TestSettle(t *testing.T) {
	type after struct {
		do          step
		state       paymentorder.State
		money, held amount.Msat // in sat
		out         amount.Msat // that left the books
	}
	for name, life := range map[string][]after{
		"the fee is below the limit": {
			{store(4 * amount.Sat), paymentorder.Sending, 890, 110, 0},
			{broadcast, paymentorder.InFlight, 890, 110, 0},
			{mine, paymentorder.Confirming, 896, 0, 104},
			{deeper, paymentorder.Confirming, 896, 0, 104},
			{bury, paymentorder.Done, 896, 0, 104},
		},
		"the fee is the limit": {
			{store(10 * amount.Sat), paymentorder.Sending, 890, 110, 0},
			{broadcast, paymentorder.InFlight, 890, 110, 0},
			{mine, paymentorder.Confirming, 890, 0, 110},
		},
		"there is no fee": {
			{store(0), paymentorder.Sending, 890, 110, 0},
			{mine, paymentorder.Confirming, 900, 0, 100}, // before its broadcast was written down
		},
		"two reorganisations": {
			{store(4 * amount.Sat), paymentorder.Sending, 890, 110, 0},
			{broadcast, paymentorder.InFlight, 890, 110, 0},
			{mine, paymentorder.Confirming, 896, 0, 104},
			{unmine, paymentorder.InFlight, 896, 104, 0}, // what was left over stays with the payer
			{mine, paymentorder.Confirming, 896, 0, 104},
			{unmine, paymentorder.InFlight, 896, 104, 0},
			{mine, paymentorder.Confirming, 896, 0, 104},
			{bury, paymentorder.Done, 896, 0, 104},
		},
		"it cannot be built": {{fail, paymentorder.Failed, 1000, 0, 0}},
		"another transaction took its coins": {
			{store(4 * amount.Sat), paymentorder.Sending, 890, 110, 0},
			{contradict, paymentorder.Stuck, 890, 110, 0},
			{contradict, paymentorder.Stuck, 890, 110, 0},
			{resolve, paymentorder.Failed, 1000, 0, 0},
		},
		"another transaction took its coins in a reorganisation": {
			{store(4 * amount.Sat), paymentorder.Sending, 890, 110, 0},
			{mine, paymentorder.Confirming, 896, 0, 104},
			{unmine, paymentorder.InFlight, 896, 104, 0},
			{contradict, paymentorder.Stuck, 896, 104, 0},
			{resolve, paymentorder.Failed, 1000, 0, 0},
		},
		"stuck, and then it was mined after all": {
			{store(4 * amount.Sat), paymentorder.Sending, 890, 110, 0},
			{contradict, paymentorder.Stuck, 890, 110, 0},
			{mine, paymentorder.Confirming, 896, 0, 104},
			{bury, paymentorder.Done, 896, 0, 104},
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c town) {
				ann := c.user(1000 * amount.Sat)
				o := c.held(ann, 100*amount.Sat, 10*amount.Sat)
				for _, s := range life {
					c.do(func(tx *db.Tx) error { return s.do(c, o, ann, tx) })
					o = c.order(o)
					c.is(o, s.state)
					c.has(ann, s.money*amount.Sat, s.held*amount.Sat)
					chain, err := ledger.System(t.Context(), c.Read(), "chain")
					c.must(err)
					if bal, err := ledger.Balance(t.Context(), c.Read(), chain); err != nil || bal != (s.out-1000)*amount.Sat {
						t.Errorf("%s: %d msat are outside (%v), want %d", s.state, bal, err, (s.out-1000)*amount.Sat)
					}
					c.clean()
				}
			})
		})
	}
}

func TestWhatIsWrongIsNotWrittenDown(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann := c.user(1000 * amount.Sat)
		refused := func(o *paymentorder.Order, s step) error {
			t.Helper()
			err := c.Tx(t.Context(), func(tx *db.Tx) error { return s(c, o, ann, tx) })
			if err == nil {
				t.Error("it was written down")
			}
			return err
		}
		o := c.held(ann, 100*amount.Sat, 10*amount.Sat)
		_ = refused(o, store(10*amount.Sat+1)) // a fee above what was agreed
		c.is(o, paymentorder.Held)
		stale := *c.order(o)
		c.do(func(tx *db.Tx) error { return store(0)(c, c.order(o), ann, tx) })
		for name, s := range map[string]step{"a second transaction": store(0), "money back after it was signed": fail} {
			late := stale // as a slower worker has it
			if err := refused(&late, s); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: got %v, want a conflict", name, err)
			}
		}
		if p, err := c.order(o).Effect(t.Context(), c.Read()); err != nil || p.TxID != signed(o, 0).TxID || len(p.Inputs) != 1 || p.Fee != 0 {
			t.Errorf("got %+v (%v)", p, err)
		}
		_ = refused(c.order(o), resolve) // nobody has proved anything
		c.has(ann, 890*amount.Sat, 110*amount.Sat)
		c.clean()
	})
}
