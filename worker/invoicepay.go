package worker

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/failpoint"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// pause is how many seconds later an order is looked at again: soon at first,
// then as rarely as once a minute, because a payee may take days.
func (p *Invoices) pause(o *paymentorder.Order) int64 {
	every := max(1, int64(p.Poll/time.Second))
	return min(60, every*int64(max(1, o.Tries-3)))
}

func (p *Invoices) later(ctx context.Context, o *paymentorder.Order) error {
	return later(ctx, p.DB, o, p.pause(o))
}

// pay hands the invoice to the node and waits for the end. The first time, a
// refusal means that nothing happened; after that it may hide what did. Whoever
// comes late does not begin: somebody else may have the order in hand by the
// time that the node hears of it.
func (p *Invoices) pay(ctx context.Context, o *paymentorder.Order, since time.Time, first bool) error {
	h, err := lightning.ParseHash(o.Hash.String)
	if err != nil {
		return err
	}
	ask := lightning.Payment{Invoice: o.Invoice, Hash: h, FeeLimit: o.FeeLimit, MaxCLTV: p.MaxCLTV}
	if o.OpenAmount {
		ask.Amount = o.Amount
	}
	if !first {
		if err := p.DB.Tx(ctx, func(tx *db.Tx) error {
			if err := o.Again(ctx, tx); err != nil {
				return err
			}
			return o.Call(ctx, tx)
		}); err != nil {
			return err
		}
	}
	if err := p.itsNode(ctx, o); err != nil { // it may be another one since the order began there
		return errors.Join(err, p.returned(ctx, o), p.later(ctx, o))
	}
	if late(p.Clock, since) {
		return errors.Join(p.returned(ctx, o), p.later(ctx, o))
	}
	wait, cancel := context.WithTimeout(ctx, min(p.Wait, nodeTime))
	defer cancel()
	out, err := p.Node.Pay(wait, ask)
	failpoint.At("invoice.paid")
	if answered(out, err) && out.State != lightning.Succeeded {
		if err := p.returned(ctx, o); err != nil {
			return err
		}
	}
	if errors.Is(err, lightning.ErrRefused) {
		if sure, err := p.neverBegan(ctx, o); err != nil || !first && !sure {
			return errors.Join(err, p.later(ctx, o))
		}
		return p.bounce(ctx, o, "order.failed-invoice")
	}
	if err == nil && out.State == lightning.Failed && !o.Counts(out, true) {
		return p.later(ctx, o) // it followed an attempt of before
	}
	return p.book(ctx, o, out, err)
}

// neverBegan says of a payment of which the node does not know, and which it does not
// want, that it never left: enough time has gone by since it began for one that was
// on its way to show.
func (p *Invoices) neverBegan(ctx context.Context, o *paymentorder.Order) (bool, error) {
	now, err := p.DB.Now(ctx)
	return now > o.Begun.Int64+600, err
}

// look asks what became of a payment.
func (p *Invoices) look(ctx context.Context, o *paymentorder.Order, since time.Time) error {
	h, err := lightning.ParseHash(o.Hash.String)
	if err != nil {
		return err
	}
	out, err := p.Node.Find(ctx, h)
	if err != nil || out.State != lightning.NotFound && (out.State != lightning.Failed || o.Counts(out, false)) {
		return p.book(ctx, o, out, err)
	}
	// It does not know the payment: what it knows of the hash, if anything, is older.
	if o.State == paymentorder.Stuck { // an operator has to look
		return contradicted(ctx, p.DB, o)
	}
	no, err := doubted(ctx, p.DB.Read(), p.Frozen)
	if err == nil && !no {
		err = p.itsNode(ctx, o)
	}
	switch {
	case err != nil || no:
		return errors.Join(err, p.later(ctx, o))
	case o.State != paymentorder.Sending:
		return p.forgot(ctx, o)
	}
	over, err := p.tooLate(ctx, o)
	switch {
	case err != nil:
		return errors.Join(err, p.later(ctx, o))
	case over:
		p.Log.Error("the node does not know a payment that began days ago, and its invoice can still be paid: the operator has to look",
			"order", o.ID, "hash", o.Hash.String)
		return contradicted(ctx, p.DB, o)
	}
	return p.pay(ctx, o, since, false) // a crash came between our note and the node
}

// book writes down the node's word. What is no word changes nothing.
func (p *Invoices) book(ctx context.Context, o *paymentorder.Order, out lightning.Outcome, err error) error {
	switch {
	case errors.Is(err, lightning.ErrNoProof):
		return errors.Join(err, p.stuck(ctx, o))
	case err != nil && ctx.Err() == nil && !errors.Is(err, context.DeadlineExceeded):
		return errors.Join(err, p.later(ctx, o))
	case out.State == lightning.Succeeded:
		return p.proved(ctx, o, out)
	case out.State == lightning.Failed:
		return p.bounce(ctx, o, reasons[out.Reason])
	case out.State == lightning.InFlight && o.State != paymentorder.InFlight && !o.Follows(out):
		return p.tell(ctx, o, "order.on-its-way", func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
			return o.Broadcasted(ctx, tx, u.Now+p.pause(o))
		})
	}
	return p.later(ctx, o)
}

// reasons are phrases for why a payment failed.
var reasons = map[lightning.Reason]string{
	lightning.NoRoute:   "order.failed-route",
	lightning.TimedOut:  "order.failed-timeout",
	lightning.Wrong:     "order.failed-invoice",
	lightning.NoBalance: "order.failed-channels",
	lightning.Other:     "order.failed-lightning",
	"":                  "order.failed-lightning",
}

// bounce gives the money back on the node's word, a failure or a refusal. It waits
// while that is doubted, and while a call that was begun may still have it paid.
func (p *Invoices) bounce(ctx context.Context, o *paymentorder.Order, reason string) error {
	if again, err := p.mayBeCalled(ctx, o); err != nil || again {
		return errors.Join(err, p.later(ctx, o))
	}
	return p.believe(ctx, o, reason, func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
		if o.Internal() {
			if err := putBack(ctx, tx, o); err != nil {
				return err
			}
		}
		return o.Bounced(ctx, tx, u, reason, u.Now)
	})
}

// believe is tell for a word of the node that proves nothing, that a payment failed
// or that an invoice can not be paid any more: while it is doubted, the order waits.
func (p *Invoices) believe(ctx context.Context, o *paymentorder.Order, phrase string, m move) error {
	if err := p.itsNode(ctx, o); err != nil {
		return errors.Join(err, p.later(ctx, o))
	}
	err := p.tell(ctx, o, phrase, func(ctx context.Context, tx *db.Tx, u, payee *useraccount.User) error {
		if err := m(ctx, tx, u, payee); err != nil {
			return err
		}
		return freeze.Unless(ctx, tx, func(ctx context.Context, q sqlx.QueryerContext) (bool, error) { return doubted(ctx, q, p.Frozen) })
	})
	if errors.Is(err, freeze.ErrStopped) {
		return p.later(ctx, o)
	}
	return err
}

// refuse gives the money of an order back that never began.
func (p *Invoices) refuse(ctx context.Context, o *paymentorder.Order, reason string) error {
	err := p.tell(ctx, o, reason, func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
		return failUnbegun(ctx, tx, u, o, reason, p.Frozen)
	})
	if errors.Is(err, freeze.ErrStopped) {
		return p.later(ctx, o)
	}
	return err
}

// stuck leaves a payment to the operator; the node's word about the hash is
// still waited for.
func (p *Invoices) stuck(ctx context.Context, o *paymentorder.Order) error {
	p.Log.Error("the node contradicts itself about a payment; its money stays held", "order", o.ID, "hash", o.Hash.String)
	return contradicted(ctx, p.DB, o)
}
