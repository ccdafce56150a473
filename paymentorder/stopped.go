package paymentorder

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
)

// mayMove is the fault of books that do not add up: nobody knows whose the
// money is, so none moves, not even between neighbours. What else stops payments
// stops only what leaves, and such an order is held. It is asked last: whoever finds
// the books wrong, while a confirmation waits for somebody, is heard.
func mayMove(ctx context.Context, tx *db.Tx) error {
	return freeze.UnlessBooksWrong(ctx, tx, ErrStopped.Because(freeze.ErrStopped))
}

// Pause is what keeps an order that is held from beginning, as its payer reads it.
type Pause int

const (
	NoPause   Pause = iota
	Stopped         // payments are stopped, and the payer may have the money back (Order.Drop)
	MayBeMade       // it may have been made (Order.MayBeMade), and the payer may not
)

// Pause is what keeps the order from beginning, for everybody who tells its payer. Which
// orders there were when a gateway began that has not looked at its nodes, unlooked says,
// as to MayBeMade.
func (o *Order) Pause(ctx context.Context, q sqlx.QueryerContext, unlooked ID) (Pause, error) {
	made, err := o.MayBeMade(ctx, q, unlooked)
	if err != nil || made {
		return MayBeMade, err
	}
	stopped, err := o.Stopped(ctx, q)
	if err != nil || stopped {
		return Stopped, err
	}
	return NoPause, nil
}

// Stopped reports whether the order is held and has not begun because payments
// are stopped. Whether its payer may have the money back, Pause says.
func (o *Order) Stopped(ctx context.Context, q sqlx.QueryerContext) (bool, error) {
	if o.State != Held {
		return false, nil
	}
	return o.WouldWait(ctx, q)
}

// WouldWait reports whether payments of this kind are stopped now, so that the order would
// wait if it were confirmed.
func (o *Order) WouldWait(ctx context.Context, q sqlx.QueryerContext) (bool, error) {
	if o.Internal() {
		return freeze.BooksWrong(ctx, q)
	}
	return freeze.Stopped(ctx, q)
}
