package worker

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Who confirmed a payment was told that it is being sent. If the node does not answer
// when a worker first has it in hand, its payer is told that it waits, and not again.

// first reports whether nobody has tried to begin an order before.
func first(o *paymentorder.Order) bool { return o.State == paymentorder.Held && o.Tries == 1 }

// silent reports whether an order did not begin because the node does not answer. A
// gateway that has not looked at its nodes yet asks them nothing else.
func silent(ctx context.Context, err error, looked bool, ask func(context.Context) error) bool {
	if (err == nil || errors.Is(err, ErrIdle)) && !looked {
		err = ask(ctx)
	}
	return errors.Is(err, chain.ErrUnreachable) || errors.Is(err, lightning.ErrUnreachable)
}

// tellWaiting tells the payer of an order that it waits for the node, unless it does not
// by now, or waits for the operator besides. Of what an app pays unasked only the end is told.
// That the payer may have the money back is said by who has looked at the nodes: as long as
// nobody has, the order may have been made by newer books.
func tellWaiting(ctx context.Context, d *db.DB, o *paymentorder.Order, looked bool) error {
	ctx = context.WithoutCancel(ctx)
	if on, err := freeze.Stopped(ctx, d.Read()); err != nil || on {
		return err
	}
	err := d.Tx(ctx, func(tx *db.Tx) error {
		by, err := unasked(ctx, tx, o)
		if err != nil || by != nil {
			return err
		}
		o := *o
		return locked(ctx, tx, &o, o.Again, func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
			if o.State != paymentorder.Held || !u.Notify || !u.Active {
				return nil
			}
			made, err := o.MayBeMade(ctx, tx, 0)
			if err != nil {
				return err
			}
			return outbox.Add(ctx, tx, outbox.Notice{User: u.JID, Phrase: "order.waits", Lang: u.Lang, Unit: u.Unit,
				Args: map[string]any{"amount": int64(o.Amount), "who": o.SaidTo, "lightning": o.Lightning(), "back": looked && !made, "code": o.Code}}, u.Now)
		})
	})
	if fault.Is(err, fault.Conflict) { // somebody else has it in hand
		return nil
	}
	return err
}

// mention is tellWaiting, for who is new in hand, if the node that is asked is silent.
func mention(ctx context.Context, d *db.DB, o *paymentorder.Order, err error, here *atomic.Bool, wake func(), ask func(context.Context) error) error {
	looked := hasLooked(here)
	if !silent(ctx, err, looked, ask) {
		return nil
	}
	err = tellWaiting(ctx, d, o, looked)
	if err == nil && wake != nil {
		wake()
	}
	return err
}

func (p *Pay) mention(ctx context.Context, o *paymentorder.Order, err error) error {
	return mention(ctx, p.DB, o, err, p.Frozen, p.Wake, func(ctx context.Context) error { _, err := p.Chain.Info(ctx); return err })
}

func (p *Invoices) mention(ctx context.Context, o *paymentorder.Order, err error) error {
	return mention(ctx, p.DB, o, err, p.Frozen, p.Wake, func(ctx context.Context) error { _, err := p.Node.Info(ctx); return err })
}
