package paymentorder

import (
	"context"
	"database/sql"
	"errors"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
)

// Approval is on whose word an order is confirmed. The zero Approval is nobody's.
type Approval struct {
	inPerson bool
	app      *app.App
	request  app.Request
}

// InPerson is the word of the payer.
func InPerson() Approval { return Approval{inPerson: true} }

// Allowed is the word of the payer about what an app asked for, as app.Lock gave it in
// this transaction: as long as the app may pay. Who confirms with the code of an order needs
// no app for it.
func Allowed(a *app.App) Approval { return Approval{inPerson: true, app: a} }

// OutOfBudget is the word of an app, as app.Lock gave it in this transaction: it
// counts as far as the budget goes. The request is the one that it is written
// down as, by its key and its payment hash; without a key, by those of the order.
func OutOfBudget(a *app.App, r app.Request) Approval { return Approval{app: a, request: r} }

var errNobodysWord = errors.New("paymentorder: confirmed on nobody's word")

// take is the fault of an order that may not be paid on this word. It is asked
// when the payer is locked, and spends the budget: with any fault that comes
// after it the transaction must end.
func (a Approval) take(ctx context.Context, tx *db.Tx, o *Order, now int64) error {
	switch {
	case a.inPerson && a.app == nil:
		return nil
	case a.inPerson:
		return a.app.MayPay(now)
	case a.app == nil || a.app.User != o.User:
		return errNobodysWord
	}
	r := a.request
	if r.Key == "" {
		r.Key, r.Hash = o.Ref(), o.Hash.String
	}
	r.Order = sql.NullInt64{Int64: int64(o.ID), Valid: true}
	if err := a.app.Spend(ctx, tx, r, o.Total(), now); err != nil {
		return err
	}
	o.ByApp = sql.Null[app.ID]{V: a.app.ID, Valid: true}
	return nil
}
