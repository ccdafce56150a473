package worker

import (
	"context"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// unasked finds the app that pays an order out of its budget; nil if its user
// said so himself. The app is locked, which comes before the ledger's accounts.
func unasked(ctx context.Context, tx *db.Tx, o *paymentorder.Order) (*app.App, error) {
	a, r, err := app.OfOrder(ctx, tx, int64(o.ID))
	if err != nil || a == nil || !r.Unasked {
		return nil, err
	}
	return app.Lock(ctx, tx, a.ID)
}

// tellUnasked tells what the user did not ask for himself: that it was paid,
// and nothing of what came to nothing, which the app hears.
func tellUnasked(ctx context.Context, tx *db.Tx, a *app.App, u *useraccount.User, o *paymentorder.Order, now int64) error {
	if o.State != paymentorder.Done {
		return nil
	}
	return a.TellPaid(ctx, tx, u, o.Amount, now)
}
