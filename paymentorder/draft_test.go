package paymentorder_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

func TestDraft(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(0), c.user(0)
		l := limits
		l.OpenOrders = 2
		ask := func(m amount.Msat, at int64) error {
			return c.Tx(t.Context(), func(tx *db.Tx) error {
				_, err := l.Draft(t.Context(), tx, ann, inside(bob, m), at)
				return err
			})
		}
		says(t, ask(limits.Payment+1, now), fault.NotAllowed, "limit.payment")
		c.must(ask(limits.Payment, now)) // with no money: that is asked when the code comes
		c.must(ask(1, now))
		says(t, ask(1, now), fault.NotAllowed, "limit.open-orders")
		says(t, ask(1, now+limits.TTL-1), fault.NotAllowed, "limit.open-orders")
		c.must(ask(1, now+limits.TTL)) // the others do not wait any more
		if err := ask(0, now+2*limits.TTL); err == nil {
			t.Error("nothing can be ordered")
		}
		if err := ask(-1, now+2*limits.TTL); err == nil {
			t.Error("less than nothing can be ordered")
		}
		waiting, err := paymentorder.Waiting(t.Context(), c.Read(), ann.ID, now)
		c.must(err)
		if len(waiting) != 3 || waiting[0].ID > waiting[1].ID {
			t.Errorf("got %+v", waiting)
		}
		c.clean()
	})
}

func TestACodeMeansOneOrderForGood(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(10*amount.Sat), c.user(0)
		d := inside(bob, amount.Sat)
		d.ClientKey = "stanza-1"
		first := c.draft(ann, d)
		second := c.draft(ann, d)
		o, err := paymentorder.ByKey(t.Context(), c.Read(), ann.ID, "stanza-1")
		c.must(err)
		if o.ID != second.ID {
			t.Errorf("got order %d, want %d", o.ID, second.ID)
		}
		_, err = paymentorder.ByKey(t.Context(), c.Read(), bob.ID, "stanza-1")
		says(t, err, fault.NotFound, "order.unknown")
		c.must(c.confirm(ann, first.Code))
		c.do(func(tx *db.Tx) error { return c.order(second).Cancel(t.Context(), tx, now) })
		// The code of an ended order does not come again.
		err = c.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE payment_order SET code = $1 WHERE id = $2`, first.Code, second.ID)
			return err
		})
		if !db.IsUnique(err) {
			t.Errorf("two orders of one user have a code: %v", err)
		}
		// What came over without a code, or with one that is used, has none.
		for range 2 {
			c.do(func(tx *db.Tx) error { return paymentorder.Past(t.Context(), tx, ann, d, first.Code, long, now) })
		}
		o, err = paymentorder.ByCode(t.Context(), c.Read(), ann.ID, first.Code)
		c.must(err)
		if o.ID != first.ID {
			t.Errorf("got order %d, want %d", o.ID, first.ID)
		}
		_, err = paymentorder.ByCode(t.Context(), c.Read(), ann.ID, "")
		says(t, err, fault.NotFound, "order.unknown")
	})
}

func TestLapse(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(0), c.user(0)
		o := c.draft(ann, inside(bob, amount.Sat))
		lapse := func(at int64) (ended *paymentorder.Order) {
			c.at(at)
			c.do(func(tx *db.Tx) (err error) {
				ended, err = paymentorder.ExpireOne(t.Context(), tx)
				return err
			})
			return ended
		}
		if ended := lapse(o.Expires - 1); ended != nil {
			t.Errorf("%+v ended too early", ended)
		}
		if ended := lapse(o.Expires); ended == nil || ended.ID != o.ID {
			t.Errorf("got %+v", ended)
		}
		c.is(o, paymentorder.Expired)
		if ended := lapse(o.Expires); ended != nil {
			t.Errorf("%+v ended twice", ended)
		}
	})
}
