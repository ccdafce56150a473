package worker

import (
	"context"
	"time"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// Expire ends orders whose time ran out, and tells their payers.
type Expire struct {
	DB    *db.DB
	Clock func() time.Time // says what is old enough to be forgotten; the database says what has lapsed
	Wake  func()
}

// Step ends one order.
func (e *Expire) Step(ctx context.Context) (bool, error) {
	var o *paymentorder.Order
	err := e.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		if o, err = paymentorder.ExpireOne(ctx, tx); err != nil || o == nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		u, err := useraccount.ByID(ctx, tx, o.User)
		if err != nil || !u.Notify || !u.Active {
			return err
		}
		return outbox.Add(ctx, tx, outbox.Notice{User: u.JID, Phrase: "order.lapsed", Lang: u.Lang, Unit: u.Unit,
			Args: map[string]any{"code": o.Code, "amount": int64(o.Amount), "who": o.SaidTo}}, now)
	})
	if err == nil && o != nil {
		e.Wake()
	}
	return o != nil, err
}

// week is how long, in seconds, spent keys and told notices are kept.
const week = 7 * 24 * 3600

// Sweep forgets what nobody will ask for again.
func (e *Expire) Sweep(ctx context.Context) (bool, error) {
	before := e.Clock().Unix() - week
	return false, e.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := wallet.Forget(ctx, tx, before); err != nil {
			return err
		}
		if err := app.Sweep(ctx, tx, before); err != nil {
			return err
		}
		return outbox.Sweep(ctx, tx, before)
	})
}
