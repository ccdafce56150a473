package paymentorder_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// The books may be a copy that is older than what the node did. An order that is held in
// them may have been paid: its payer has no money of it back until somebody has looked.
func TestWhatMayHaveBeenMadeIsNotDropped(t *testing.T) {
	const sat = amount.Sat
	stop := func(c town, ref string, since int64) freeze.Cause {
		cause := freeze.Cause{Ref: ref, Reason: freeze.Paid, What: "a test"}
		c.at(since)
		c.do(func(tx *db.Tx) error { _, err := freeze.Payments(c.ctx, tx, cause); return err })
		c.at(now)
		return cause
	}
	invoice := func(_ town, p lightning.Preimage) paymentorder.Draft { return over(p, 900*sat, 100*sat) }
	each(t, func(t *testing.T, c town) {
		for name, tt := range map[string]struct {
			draft    func(c town, p lightning.Preimage) paymentorder.Draft
			unlooked func(o *paymentorder.Order) paymentorder.ID
			first    func(c town, p lightning.Preimage) // before it is drafted
			before   func(c town, p lightning.Preimage) // it is confirmed
			after    func(c town, p lightning.Preimage)
			refused  bool
		}{
			"nothing stops payments":                    {},
			"they were stopped when it was drafted":     {first: func(c town, p lightning.Preimage) { stop(c, "aa", now) }},
			"so they were, by a clock that is ahead":    {first: func(c town, p lightning.Preimage) { stop(c, "aa", now+600) }},
			"they were stopped before it was confirmed": {before: func(c town, p lightning.Preimage) { stop(c, "aa", now) }, refused: true},
			"they were stopped after it was confirmed":  {after: func(c town, p lightning.Preimage) { stop(c, "aa", now+1) }, refused: true},
			"so they were, by a clock that is behind":   {after: func(c town, p lightning.Preimage) { stop(c, "aa", now-600) }, refused: true},
			"one thing before and another after": {first: func(c town, p lightning.Preimage) { stop(c, "aa", now) },
				after: func(c town, p lightning.Preimage) { stop(c, "bb", now) }, refused: true},
			"the gateway began later and has not looked": {unlooked: func(o *paymentorder.Order) paymentorder.ID { return o.ID }, refused: true},
			"the gateway had begun, and has not looked":  {unlooked: func(o *paymentorder.Order) paymentorder.ID { return o.ID - 1 }},
			"the invoice of another was found":           {draft: invoice, first: func(c town, p lightning.Preimage) { stop(c, "cc", now) }},
			"its hash is what was found":                 {draft: invoice, first: func(c town, p lightning.Preimage) { stop(c, p.Hash().String(), now) }, refused: true},
			"its hash was found, and payments go on since": {draft: invoice, first: func(c town, p lightning.Preimage) {
				cause := stop(c, p.Hash().String(), now)
				c.do(func(tx *db.Tx) error { _, err := freeze.Acknowledge(c.ctx, tx, cause.Ref, "me"); return err })
			}, refused: true},
			"it is a neighbour's invoice": {draft: func(c town, p lightning.Preimage) paymentorder.Draft { return c.invoiced(c.user(0), p, 900*sat) },
				unlooked: func(o *paymentorder.Order) paymentorder.ID { return o.ID }, after: func(c town, p lightning.Preimage) { stop(c, "dd", now+1) }},
		} {
			ann, p := c.user(10_000*sat), secret()
			d := outside(900*sat, 100*sat)
			if tt.draft != nil {
				d = tt.draft(c, p)
			}
			if tt.first != nil {
				tt.first(c, p)
			}
			o, unlooked := c.draft(ann, d), paymentorder.ID(0)
			if tt.unlooked != nil {
				unlooked = tt.unlooked(o)
			}
			if tt.before != nil {
				tt.before(c, p)
			}
			c.must(c.confirm(ann, o.Code))
			if tt.after != nil {
				tt.after(c, p)
			}
			err := c.Tx(c.ctx, func(tx *db.Tx) error {
				u, err := useraccount.Lock(c.ctx, tx, ann.ID)
				if err != nil {
					return err
				}
				o, err := paymentorder.ByID(c.ctx, tx, o.ID)
				if err != nil {
					return err
				}
				return o.Drop(c.ctx, tx, u, unlooked, u.Now)
			})
			if tt.refused {
				if !fault.Is(err, fault.Unavailable) || fault.Of(err).Phrase != "order.may-be-made" {
					t.Errorf("%s: got %v", name, err)
				}
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			after, err := paymentorder.ByID(c.ctx, c.Read(), o.ID)
			c.must(err)
			if got := after.State == paymentorder.Held; got != tt.refused {
				t.Errorf("%s: it is %s", name, after.State)
			}
			c.do(func(tx *db.Tx) error {
				_, err := tx.ExecContext(c.ctx, `UPDATE frozen SET lifted = 1 WHERE lifted IS NULL`)
				return err
			})
		}
	})
}
