package paymentorder

import (
	"context"
	"errors"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/useraccount"
)

// MayBeMade reports whether the node may have paid an order that has not begun by the
// books: they may be a copy that is older than what the node did. That is so until a
// gateway has looked at its nodes and kept that, which unlooked says (the number of the
// newest order when it began, or found what it could not keep; 0 if it has), and once something stopped payments after the order was
// drafted: newer books may have confirmed and paid what was drafted before, and cannot
// have paid what was drafted after. A payment hash that was ever found is the operator's.
//
// That is told by the numbers of orders and by no clock: that of the machine which got
// the copy may be behind.
func (o *Order) MayBeMade(ctx context.Context, q sqlx.QueryerContext, unlooked ID) (bool, error) {
	switch {
	case o.State != Held || o.Internal():
		return false, nil
	case o.ID <= unlooked:
		return true, nil
	}
	all, err := freeze.Causes(ctx, q)
	if err != nil || slices.ContainsFunc(all, func(c freeze.Cause) bool { return c.Orders >= int64(o.ID) }) {
		return true, err
	}
	if !o.Lightning() {
		return false, nil
	}
	return freeze.Mentioned(ctx, q, o.Hash.String)
}

// Drop gives the money of an order that has not begun back to its payer, who asks for
// it. ErrMayBeMade while it may have been made all the same.
func (o *Order) Drop(ctx context.Context, tx *db.Tx, u *useraccount.User, unlooked ID, now int64) error {
	was := *o
	if err := o.Fail(ctx, tx, u, Dropped, now); err != nil {
		return err
	}
	err := freeze.Unless(ctx, tx, func(ctx context.Context, q sqlx.QueryerContext) (bool, error) { return was.MayBeMade(ctx, q, unlooked) })
	if errors.Is(err, freeze.ErrStopped) { // asked last: whoever stops payments meanwhile is heard
		err = ErrMayBeMade.With(fault.Args{"code": o.Code}).Because(err)
	}
	return err
}
