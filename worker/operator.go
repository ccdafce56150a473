package worker

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Operator ends orders that do not end by themselves. Each order is in their hand
// (paymentorder.Take); if a gateway took it since, that is a Conflict fault.
type Operator struct {
	DB     *db.DB
	Name   string
	Reason string // why; it is recorded, and told with money that comes back
	Node   string // public key of the Lightning node that made what is booked, or the key of the wallet
	// Checked is the operator's word that no node paid what is given back.
	Checked bool
	// Looked says that a look at the nodes came to its end after the order was held in these
	// books, which may be an older copy: what they lack, it would have found.
	Looked bool
}

// Book ends an order over Lightning as paid, as a gateway does on the word of the
// node: the payer, or the app whose budget paid, is told the same. That the node made
// the payment is on the books then, and stops nothing any more. An order that is held
// began at that node before the books were copied. What stops payments comes behind the
// money, as wherever a receipt is booked: each of the two would wait for the other one else.
func (p Operator) Book(ctx context.Context, o *paymentorder.Order, out lightning.Outcome) error {
	return say(ctx, p.DB, o, ofProof(o, out), o.Again, func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
		if err := p.record(ctx, tx, "book", o, u.Now); err != nil {
			return err
		}
		if o.State == paymentorder.Held {
			if err := o.Adopt(ctx, tx, p.Node, u.Now); err != nil {
				return err
			}
		}
		if err := o.Proved(ctx, tx, u, out, u.Now); err != nil {
			return err
		}
		for _, r := range []freeze.Reason{freeze.Earlier, freeze.Paid} {
			if _, err := freeze.Clear(ctx, tx, freeze.Cause{Ref: o.Hash.String, Reason: r}); err != nil {
				return err
			}
		}
		return nil
	})
}

// BookSent writes down that a transaction which the wallet sent is the one of an order to an
// address that has not begun by these books, with what it cost its payer. From here on it
// is as if a gateway had signed it: gateways see it into a block, and tell the payer. That
// the wallet sent it is on the books then, and stops nothing any more.
func (p Operator) BookSent(ctx context.Context, o *paymentorder.Order, sent chain.Prepared) error {
	return holding(context.WithoutCancel(ctx), p.DB, o, func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
		if err := p.record(ctx, tx, "book", o, u.Now); err != nil {
			return err
		}
		if err := o.AdoptSent(ctx, tx, p.Node, sent, u.Now); err != nil {
			return err
		}
		_, err := freeze.Clear(ctx, tx, freeze.Cause{Ref: sent.TxID, Reason: freeze.Spent})
		return err
	})
}

// GiveBack ends an order as failed. The payer reads the reason, also of what an app
// paid: it was no gateway that ended it. freeze.ErrStopped is of one that has not begun and
// that a node may have paid all the same: the books may be an older copy. So it is while
// nobody has Looked.
func (p Operator) GiveBack(ctx context.Context, o *paymentorder.Order) error {
	w, was := words{phrase: "order.released", reason: p.Reason}, *o
	return say(ctx, p.DB, o, w, o.Again, func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) (err error) {
		switch {
		case o.State == paymentorder.Held:
			err = o.Fail(ctx, tx, u, w.phrase, u.Now)
		case o.State == paymentorder.Stuck:
			err = o.Resolve(ctx, tx, u, w.phrase, u.Now)
		case o.Lightning():
			err = o.Bounced(ctx, tx, u, w.phrase, u.Now)
		default:
			if err = o.MarkConflicted(ctx, tx, u.Now); err == nil {
				err = o.Resolve(ctx, tx, u, w.phrase, u.Now)
			}
		}
		if err == nil && o.Internal() {
			err = putBack(ctx, tx, o)
		}
		if err != nil {
			return err
		}
		if err := p.record(ctx, tx, "release", o, u.Now); err != nil || p.Checked {
			return err
		}
		unlooked := was.ID
		if p.Looked {
			unlooked = 0
		}
		return freeze.Unless(ctx, tx, func(ctx context.Context, q sqlx.QueryerContext) (bool, error) {
			return was.MayBeMade(ctx, q, unlooked)
		})
	})
}

func (p Operator) record(ctx context.Context, tx *db.Tx, act string, o *paymentorder.Order, now int64) error {
	return useraccount.Record(ctx, tx, p.Name, act, o.Ref(), p.Reason, now)
}
