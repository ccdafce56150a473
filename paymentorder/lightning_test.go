package paymentorder_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

var invoices atomic.Int64

// secret is a preimage that nothing else in the test has.
func secret() lightning.Preimage {
	var p lightning.Preimage
	copy(p[:], fmt.Sprint("secret ", invoices.Add(1)))
	return p
}

// over asks for a payment of somebody's invoice.
func over(p lightning.Preimage, m, feeLimit amount.Msat) paymentorder.Draft {
	return paymentorder.Draft{Invoice: "lnbcrt" + p.Hex(), Hash: p.Hash().String(), SaidTo: "02abcdef…0123", Amount: m, FeeLimit: feeLimit}
}

// invoiced asks for a payment of a neighbour's invoice, and makes it.
func (c town) invoiced(to *useraccount.User, p lightning.Preimage, m amount.Msat) paymentorder.Draft {
	c.Helper()
	d := over(p, m, 0)
	d.ToUser = to
	c.do(func(tx *db.Tx) error {
		return invoice.Add(c.ctx, tx, invoice.Invoice{Hash: d.Hash, User: to.ID, Preimage: p.Hex(), Text: d.Invoice, Amount: m, Memo: "for the boat",
			Created: now, Expires: now + 3600})
	})
	return d
}

// ordered is an order whose money is set aside.
func (c town) ordered(u *useraccount.User, d paymentorder.Draft) *paymentorder.Order {
	c.Helper()
	o := c.draft(u, d)
	c.must(c.confirm(u, o.Code))
	return c.order(o)
}

func begin(c town, o *paymentorder.Order, _ *useraccount.User, tx *db.Tx) error {
	return o.Begin(c.ctx, tx, now+60, now)
}

func prove(out lightning.Outcome) step {
	return func(c town, o *paymentorder.Order, u *useraccount.User, tx *db.Tx) error {
		return o.Proved(c.ctx, tx, u, out, now)
	}
}

func bounce(c town, o *paymentorder.Order, u *useraccount.User, tx *db.Tx) error {
	return o.Bounced(c.ctx, tx, u, "order.failed-route", now)
}

// try does one step with the order as it is.
func (c town) try(do step, o *paymentorder.Order, u *useraccount.User) error {
	return c.Tx(c.ctx, func(tx *db.Tx) error {
		fresh, err := paymentorder.ByID(c.ctx, tx, o.ID)
		if err != nil {
			return err
		}
		return do(c, fresh, u, tx)
	})
}

func paidFor(p lightning.Preimage, m, fee amount.Msat) lightning.Outcome {
	return lightning.Outcome{Hash: p.Hash(), State: lightning.Succeeded, Preimage: p, Amount: m, Fee: fee}
}

// left is what went out over Lightning so far, in msat.
func (c town) left() amount.Msat {
	c.Helper()
	a, err := ledger.System(c.ctx, c.Read(), "lightning")
	c.must(err)
	m, err := ledger.Balance(c.ctx, c.Read(), a)
	c.must(err)
	return m
}

// line is the newest line of a user's statement.
func (c town) line(u *useraccount.User) statement.Line {
	c.Helper()
	all, err := statement.List(c.ctx, c.Read(), int64(u.ID), statement.Filter{Limit: 1})
	c.must(err)
	if len(all) == 0 {
		c.Fatal("no line")
	}
	return all[0]
}

// TestProved plays payments of 100,001 msat with at most 7,003 for the fee, of
// a user who has 1,000 sat.
func TestProved(t *testing.T) {
	const m, limit, start = 100_001, 7_003, 1000 * amount.Sat
	cases := map[string]struct {
		fee   amount.Msat
		steps []step // between the note that it begins and the proof
	}{
		"nothing for the way":     {fee: 0},
		"a part of the limit":     {fee: 2_500},
		"one msat below":          {fee: limit - 1},
		"all of it":               {fee: limit},
		"on its way meanwhile":    {fee: 1, steps: []step{broadcast}},
		"contradicted meanwhile":  {fee: 1, steps: []step{contradict}},
		"contradicted on its way": {fee: 1, steps: []step{broadcast, contradict, broadcast}},
	}
	each(t, func(t *testing.T, c town) {
		left := amount.Msat(0)
		for name, tt := range cases {
			ann, p := c.user(start), secret()
			o := c.ordered(ann, over(p, m, limit))
			c.has(ann, start-m-limit, m+limit)
			for _, do := range append([]step{begin}, tt.steps...) {
				c.must(c.try(do, o, ann))
				c.has(ann, start-m-limit, m+limit)
				if l := c.line(ann); l.Held != m+limit || l.Fee != limit || l.Preimage != "" || l.Hash != p.Hash().String() {
					t.Errorf("%s: under way the line is %+v", name, l)
				}
				c.clean()
			}
			c.must(c.try(prove(paidFor(p, m, tt.fee)), o, ann))
			c.has(ann, start-m-tt.fee, 0)
			if left += m + tt.fee; c.left() != left {
				t.Errorf("%s: %d msat left, want %d", name, c.left(), left)
			}
			if o = c.order(o); o.State != paymentorder.Done || o.Fee.Int64 != int64(tt.fee) || o.Preimage.String != p.Hex() || o.Ended.Int64 != now {
				t.Errorf("%s: the order is %+v", name, o)
			}
			if l := c.line(ann); l.Amount != m || l.Fee != tt.fee || l.Held != 0 || l.State != "done" || l.Incoming ||
				l.Hash != p.Hash().String() || l.Preimage != p.Hex() {
				t.Errorf("%s: the line is %+v", name, l)
			}
			c.clean()
			for what, do := range map[string]step{"again": prove(paidFor(p, m, tt.fee)), "given back": bounce, "begun": begin} {
				if err := c.try(do, o, ann); !fault.Is(err, fault.Conflict) {
					t.Errorf("%s, %s: got %v", name, what, err)
				}
			}
			c.has(ann, start-m-tt.fee, 0)
			c.clean()
		}
	})
}

// Only the node's own "paid", for no more than was agreed, ends an order.
func TestWhatIsNoProof(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, p := c.user(1000*amount.Sat), secret()
		o := c.ordered(ann, over(p, 100_000, 7_000))
		if err := c.try(prove(paidFor(p, 100_000, 0)), o, ann); !fault.Is(err, fault.Conflict) {
			t.Errorf("before it began: got %v", err)
		}
		c.must(c.try(begin, o, ann))
		with := func(change func(*lightning.Outcome)) lightning.Outcome {
			out := paidFor(p, 100_000, 1)
			change(&out)
			return out
		}
		for name, out := range map[string]lightning.Outcome{
			"a fee above the limit":  with(func(o *lightning.Outcome) { o.Fee = 7_001 }),
			"a fee below nothing":    with(func(o *lightning.Outcome) { o.Fee = -1 }),
			"a payment on its way":   with(func(o *lightning.Outcome) { o.State = lightning.InFlight }),
			"a payment that failed":  with(func(o *lightning.Outcome) { o.State = lightning.Failed }),
			"a payment nobody knows": with(func(o *lightning.Outcome) { o.State = lightning.NotFound }),
			"no word at all":         {},
		} {
			if err := c.try(prove(out), o, ann); err == nil {
				t.Errorf("%s proves the payment", name)
			}
			c.is(o, paymentorder.Sending)
			c.has(ann, 1000*amount.Sat-107_000, 107_000)
		}
		if o := c.order(o); o.Preimage.Valid || o.Fee.Valid {
			t.Errorf("the order is %+v", o)
		}
		c.clean()
	})
}

func TestBounced(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		for name, steps := range map[string][]step{
			"at once":           {begin},
			"after a while":     {begin, broadcast},
			"when it was stuck": {begin, contradict},
		} {
			ann, p := c.user(1000*amount.Sat), secret()
			o := c.ordered(ann, over(p, 100_001, 7_003))
			if err := c.try(bounce, o, ann); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: before it began: got %v", name, err)
			}
			for _, do := range append(steps, bounce) {
				c.must(c.try(do, o, ann))
			}
			c.has(ann, 1000*amount.Sat, 0)
			if o = c.order(o); o.State != paymentorder.Failed || o.Reason != "order.failed-route" || o.Fee.Valid || o.Preimage.Valid {
				t.Errorf("%s: the order is %+v", name, o)
			}
			if l := c.line(ann); l.State != "failed" || l.Held != 0 || l.Preimage != "" {
				t.Errorf("%s: the line is %+v", name, l)
			}
			for _, do := range []step{bounce, prove(paidFor(p, 100_001, 0))} {
				if err := c.try(do, o, ann); !fault.Is(err, fault.Conflict) {
					t.Errorf("%s: afterwards: got %v", name, err)
				}
			}
			c.has(ann, 1000*amount.Sat, 0)
			if c.left() != 0 {
				t.Errorf("%s: %d msat left", name, c.left())
			}
			c.clean()
		}
	})
}

// An invoice of a neighbour's moves money in the ledger only, and neither
// learns more of the other than over Lightning.
func TestPaidInside(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob, p := c.user(1000*amount.Sat), c.user(5), secret()
		d := c.invoiced(bob, p, 100_001)
		d.FeeLimit, d.Memo = 3, "ann's own words"
		o := c.ordered(ann, d)
		c.is(o, paymentorder.Held) // and not paid: the node may have been paid meanwhile
		c.has(bob, 5, 0)
		c.must(c.try(begin, o, ann))
		n := int64(0)
		move := func(c town, o *paymentorder.Order, u *useraccount.User, tx *db.Tx) (err error) {
			if n, err = o.PaidInside(c.ctx, tx, u, bob, p.Hex(), now); err != nil {
				return err
			}
			if _, err := invoice.SetAside(c.ctx, tx, d.Hash); err != nil {
				return err
			}
			_, err = invoice.PaidInside(c.ctx, tx, d.Hash, o.Amount, now)
			return err
		}
		c.must(c.try(move, o, ann))
		c.has(ann, 1000*amount.Sat-100_001, 0)
		c.has(bob, 5+100_001, 0)
		if c.left() != 0 {
			t.Errorf("%d msat left the house", c.left())
		}
		if o = c.order(o); o.State != paymentorder.Done || o.Preimage.String != p.Hex() || !o.Fee.Valid || o.Fee.Int64 != 0 {
			t.Errorf("the order is %+v", o)
		}
		if l := c.line(ann); l.Preimage != p.Hex() || l.Hash != d.Hash || l.Fee != 0 || l.Memo != "ann's own words" || l.Held != 0 {
			t.Errorf("the payer reads %+v", l)
		}
		l := c.line(bob)
		if l.N != n || !l.Incoming || l.Amount != 100_001 || l.Peer != statement.ByLightning || l.Memo != "for the boat" || l.Hash != d.Hash || l.Preimage != "" {
			t.Errorf("the payee reads %+v", l)
		}
		if strings.Contains(fmt.Sprintf("%+v", l), ann.JID) {
			t.Errorf("the payee reads who paid: %+v", l)
		}
		c.clean()
		if err := c.try(move, o, ann); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice: got %v", err)
		}
		c.has(bob, 5+100_001, 0)
		c.clean()
	})
}

// What the preimage of an order says is what hashes to its invoice's hash.
func TestTheStoredProofFitsTheInvoice(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, p := c.user(1000*amount.Sat), secret()
		o := c.ordered(ann, over(p, 1, 0))
		c.must(c.try(begin, o, ann))
		c.must(c.try(prove(paidFor(p, 1, 0)), o, ann))
		b, err := hex.DecodeString(c.order(o).Preimage.String)
		c.must(err)
		if lightning.Preimage(b).Hash().String() != o.Hash.String {
			t.Error("it does not")
		}
	})
}
