package paymentorder_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

func TestConfirmRefuses(t *testing.T) {
	const sat = amount.Sat
	// Each case is ann, who has 2,000 sat, an order of 100 sat to bob, and what
	// happened between the two.
	type scene struct {
		town
		ann, bob *useraccount.User
		o        *paymentorder.Order
	}
	spend := func(s *scene, m amount.Msat, when int64) {
		s.must(at(s.town, when).confirm(s.ann, s.draft(s.ann, inside(s.bob, m)).Code))
	}
	for name, tt := range map[string]struct {
		before func(s *scene)
		at     int64
		kind   fault.Kind
		phrase string
	}{
		"its time ran out": {at: now + limits.TTL, kind: fault.Conflict, phrase: "order.expired"},
		"its time ran out and that is written down": {before: func(s *scene) {
			s.at(s.o.Expires)
			s.do(func(tx *db.Tx) error {
				_, err := paymentorder.ExpireOne(s.ctx, tx)
				return err
			})
		}, kind: fault.Conflict, phrase: "order.expired"},
		"it was cancelled": {before: func(s *scene) {
			s.do(func(tx *db.Tx) error { return s.o.Cancel(s.ctx, tx, now) })
		}, kind: fault.Conflict, phrase: "order.cancelled"},
		"it was confirmed before": {before: func(s *scene) { s.must(s.confirm(s.ann, s.o.Code)) },
			kind: fault.Conflict, phrase: "order.confirmed-before"},
		"the payer is suspended": {before: func(s *scene) {
			s.do(func(tx *db.Tx) error { return useraccount.Suspend(s.ctx, tx, s.ann, "op", "why", now) })
		}, kind: fault.NotAllowed, phrase: "user.suspended"},
		"the money is gone": {before: func(s *scene) {
			for range 2 {
				spend(s, 955*sat, now)
			}
		}, kind: fault.InsufficientFunds, phrase: "order.short"},
		"the day's limit is used up": {before: func(s *scene) {
			s.do(func(tx *db.Tx) error {
				_, err := useraccount.SetLimit(s.ctx, tx, s.ann, 600*sat, true, long)
				return err
			})
			spend(s, 501*sat, now-24*3600+1)
		}, kind: fault.NotAllowed, phrase: "limit.day"},
		"it is the account's first day": {before: func(s *scene) {
			s.ann = s.userSince(now-24*3600+1, 2000*sat)
			s.o = s.draft(s.ann, inside(s.bob, 301*sat))
		}, kind: fault.NotAllowed, phrase: "limit.day"},
		"the payee left": {before: func(s *scene) {
			s.do(func(tx *db.Tx) error { return useraccount.Unregister(s.ctx, tx, s.bob, now) })
		}, kind: fault.NotFound, phrase: "pay.recipient-gone"},
		"the payee is full": {before: func(s *scene) {
			s.bob = s.user(limits.Balance)
			s.o = s.draft(s.ann, inside(s.bob, 100*sat))
		}, kind: fault.NotAllowed, phrase: "pay.recipient-full"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c town) {
				s := &scene{town: c, ann: c.user(2000 * sat), bob: c.user(0)}
				s.o = c.draft(s.ann, inside(s.bob, 100*sat))
				if tt.before != nil {
					tt.before(s)
				}
				when := int64(now)
				if tt.at != 0 {
					when = tt.at
				}
				says(t, at(c, when).confirm(s.ann, s.o.Code), tt.kind, tt.phrase)
				c.clean()
			})
		})
	}
}

func TestConfirmAllows(t *testing.T) {
	const sat = amount.Sat
	each(t, func(t *testing.T, c town) {
		bob := c.user(limits.Balance - 300*sat)
		young := c.userSince(now-24*3600+1, 2000*sat)
		c.must(c.confirm(young, c.draft(young, inside(bob, 300*sat)).Code)) // as much as the first day allows, and bob can have
		c.has(bob, limits.Balance, 0)

		// What failed, and what is a day old, does not count.
		ann := c.user(20_000 * sat)
		spend := func(m amount.Msat, when int64) error {
			return at(c, when).confirm(ann, c.draft(ann, outside(m, 0)).Code)
		}
		for range 5 {
			c.must(spend(1000*sat, now-24*3600))
		}
		for range 5 {
			c.must(spend(1000*sat, now))
		}
		says(t, spend(1, now), fault.NotAllowed, "limit.day")
		all, err := paymentorder.UnderWay(t.Context(), c.Read(), ann.ID)
		c.must(err)
		c.do(func(tx *db.Tx) error { return all[len(all)-1].Fail(t.Context(), tx, ann, "order.failed-fee", now) })
		c.must(spend(1000*sat, now))

		// With the fee that may be needed, not without it.
		exact := c.user(110 * sat)
		says(t, c.confirm(exact, c.draft(exact, outside(100*sat, 10*sat+1)).Code), fault.InsufficientFunds, "order.short")
		c.must(c.confirm(exact, c.draft(exact, outside(100*sat, 10*sat)).Code))
		c.has(exact, 0, 110*sat)
		c.clean()
	})
}

// One payment to a neighbour, seen from both sides.
func TestConfirmInsideTellsBoth(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(10*amount.Sat), c.user(amount.Sat)
		d := inside(bob, 3*amount.Sat)
		d.Memo = "lunch"
		o := c.draft(ann, d)
		var r *paymentorder.Receipt
		c.do(func(tx *db.Tx) (err error) {
			r, err = limits.Confirm(t.Context(), tx, o.User, o.Code, paymentorder.InPerson())
			return err
		})
		if r.Balance != 7*amount.Sat || r.Number != 1 || r.Order.State != paymentorder.Done {
			t.Errorf("got %+v", r)
		}
		for _, tt := range []struct {
			who      *useraccount.User
			incoming bool
			peer     string
		}{{ann, false, bob.JID}, {bob, true, ""}} { // ann has no name, and her JID is nobody's business
			l, err := statement.Find(t.Context(), c.Read(), int64(tt.who.ID), 1)
			c.must(err)
			if l.Incoming != tt.incoming || l.Peer != tt.peer || l.Amount != 3*amount.Sat || l.Memo != "lunch" || l.State != "done" {
				t.Errorf("got %+v", l)
			}
		}
		var notices []string
		c.must(c.Tx(t.Context(), func(tx *db.Tx) error {
			return tx.SelectContext(t.Context(), &notices, `SELECT jid || ' ' || phrase FROM notice`)
		}))
		if len(notices) != 1 || notices[0] != bob.JID+" order.received-memo" {
			t.Errorf("got %q", notices)
		}
		c.clean()
	})
}
