package paymentorder_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// What the node began before the order did is the order's if an operator says so, and no
// gateway does. It is the order's for whoever compares it afterwards, too.
func TestOnlyAnOperatorBooksWhatWasMadeEarlier(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, p := c.user(1000*amount.Sat), secret()
		o := c.ordered(ann, over(p, 100_000, 7))
		made := paidFor(p, 100_000, 3)
		made.Attempt = 4
		c.must(c.try(func(c town, o *paymentorder.Order, _ *useraccount.User, tx *db.Tx) error {
			o.Attempt = 4
			return o.Begin(c.ctx, tx, now, now)
		}, o, ann))
		c.must(c.try(contradict, o, ann))
		if err := c.try(prove(made), o, ann); err == nil {
			t.Error("a gateway books it")
		}
		c.has(ann, 1000*amount.Sat-100_007, 100_007)
		c.byOperator(prove(made), o, ann)
		c.has(ann, 1000*amount.Sat-100_003, 0)
		if o := c.order(o); !o.Proves(made) {
			t.Errorf("after it was booked it is not the order's: %+v", o)
		}
		c.clean()
	})
}

// By the books an order has not begun. That it had, an operator says.
func TestOnlyAnOperatorAdopts(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, p := c.user(1000*amount.Sat), secret()
		o := c.ordered(ann, over(p, 100_000, 7))
		adopt := func(c town, o *paymentorder.Order, _ *useraccount.User, tx *db.Tx) error {
			return o.Adopt(c.ctx, tx, "02aa", now)
		}
		if err := c.try(adopt, o, ann); !fault.Is(err, fault.Conflict) {
			t.Errorf("a gateway adopts it: %v", err)
		}
		c.is(o, paymentorder.Held)
		c.byOperator(adopt, o, ann)
		if o := c.order(o); o.State != paymentorder.Sending || o.Node != "02aa" || o.Begun.Int64 != now {
			t.Errorf("the order is %+v", o)
		}
		c.clean()
	})
}

// By the books an order to an address was not sent. That it was, an operator says. It has
// its transaction then, and ends as any other.
func TestOnlyAnOperatorAdoptsWhatWasSent(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann := c.user(1000 * amount.Sat)
		o := c.ordered(ann, outside(600*amount.Sat, 200*amount.Sat))
		adopt := func(c town, o *paymentorder.Order, _ *useraccount.User, tx *db.Tx) error {
			return o.AdoptSent(c.ctx, tx, "key", chain.Prepared{TxID: "a1", Raw: []byte{1}, Fee: 150 * amount.Sat}, now)
		}
		if err := c.try(adopt, o, ann); !fault.Is(err, fault.Conflict) {
			t.Errorf("a gateway adopts it: %v", err)
		}
		c.is(o, paymentorder.Held)
		c.byOperator(adopt, o, ann)
		if o := c.order(o); o.State != paymentorder.Sending || o.Node != "key" || o.TxID != "a1" || o.Taken != 0 {
			t.Errorf("the order is %+v", o)
		}
		c.has(ann, 200*amount.Sat, 800*amount.Sat)
		c.must(c.try(func(c town, o *paymentorder.Order, u *useraccount.User, tx *db.Tx) error {
			return o.Mined(c.ctx, tx, u, 1, now, now)
		}, o, ann))
		c.has(ann, 250*amount.Sat, 0)
		c.clean()
	})
}

// byOperator does one step with the order in an operator's hand.
func (c town) byOperator(do step, o *paymentorder.Order, u *useraccount.User) {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		mine, err := paymentorder.Take(c.ctx, tx, o.ID, 60)
		if err != nil {
			return err
		}
		return do(c, mine, u, tx)
	})
}
