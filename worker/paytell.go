package worker

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// fail gives the money of an order back of which nothing left us.
func (p *Pay) fail(ctx context.Context, o *paymentorder.Order, reason string) error {
	err := p.tell(ctx, o, reason, true, func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
		return failUnbegun(ctx, tx, u, o, reason, p.Frozen)
	})
	if errors.Is(err, freeze.ErrStopped) {
		return p.later(ctx, o)
	}
	return err
}

// change moves an order that is in our hand, and nobody's money.
func (p *Pay) change(ctx context.Context, o *paymentorder.Order, move func(tx *db.Tx, now int64) error) error {
	return p.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := o.Again(ctx, tx); err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		return move(tx, now)
	})
}

// tell moves the order and writes the payer's notice in one transaction.
func (p *Pay) tell(ctx context.Context, o *paymentorder.Order, phrase string, balance bool, m move) error {
	err := holding(ctx, p.DB, o, func(ctx context.Context, tx *db.Tx, u, to *useraccount.User) error {
		if err := m(ctx, tx, u, to); err != nil || !u.Notify || !u.Active {
			return err
		}
		return outbox.Add(ctx, tx, outbox.Notice{User: u.JID, Phrase: phrase, Lang: u.Lang, Unit: u.Unit, Balance: balance,
			Args: map[string]any{"amount": int64(o.Amount), "who": o.SaidTo, "fee": o.Fee.Int64, "txid": o.TxID,
				"back": int64(o.Total())}}, u.Now)
	})
	if err == nil && p.Wake != nil {
		p.Wake()
	}
	return err
}
