package app

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
)

// ErrAboveBudget is of a payment that the app may not make unasked: it costs
// more than is left, or its user was asked about it.
var ErrAboveBudget = errors.New("app: above the budget")

// Spend takes a payment out of the budget, in the transaction that confirms it
// and in which Lock gave the app. The request says which order it is; it is
// written down as met unasked. The most that the payment can cost is in msat,
// with the fee. With ErrAboveBudget nothing is written; any other fault says
// that the app may not pay at all.
func (a *App) Spend(ctx context.Context, tx *db.Tx, r Request, most amount.Msat, now int64) error {
	if err := a.MayPay(now); err != nil {
		return err
	}
	left, err := a.Left(ctx, tx, now)
	if err != nil {
		return err
	}
	if most > left {
		return ErrAboveBudget
	}
	r.App, r.Unasked, r.Created = a.ID, true, now
	fresh, err := r.Add(ctx, tx)
	if err == nil && !fresh { // its key was for another thing, or the user was asked
		err = ErrAboveBudget
	}
	return err
}
