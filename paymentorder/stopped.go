package paymentorder

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/freeze"
)

// mayMove is the fault of books that do not add up: nobody knows whose the
// money is, so none moves, not even between neighbours. What else stops payments
// stops only what leaves, and such an order is held. It is asked last: whoever finds
// the books wrong, while a confirmation waits for somebody, is heard.
func mayMove(ctx context.Context, tx *db.Tx) error {
	err := freeze.Unless(ctx, tx, freeze.BooksWrong)
	if errors.Is(err, freeze.ErrStopped) {
		err = fault.Wrap(err, fault.Later, "order.stopped", nil)
	}
	return err
}

// Stopped reports whether the order is held and has not begun because payments
// are stopped. Its payer may have the money back (Order.Drop).
func (o *Order) Stopped(ctx context.Context, q sqlx.QueryerContext) (bool, error) {
	switch {
	case o.State != Held:
		return false, nil
	case o.Inside():
		return freeze.BooksWrong(ctx, q)
	}
	return freeze.Stopped(ctx, q)
}
