package paymentorder

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/useraccount"
)

// EndHeld gives back what a user has set aside for orders that have not begun,
// the newest first, until there is as much as is needed. The user is locked. It
// returns the orders that it ended. One that may have been made all the same stays as it is
// (Order.MayBeMade, where unlooked says which orders a gateway has not looked for): whoever
// stops payments is heard first, or waits until the caller is done.
func EndHeld(ctx context.Context, tx *db.Tx, u *useraccount.User, need amount.Msat, reason string, unlooked func(Kind) ID, now int64) ([]Order, error) {
	has, err := ledger.Balance(ctx, tx, u.Money)
	if err != nil || has >= need {
		return nil, err
	}
	held, err := list(ctx, tx, `WHERE o.user_id = $1 AND `+underWay+` AND o.state = 'held' ORDER BY o.id DESC`+tx.Locked("o"), u.ID)
	if err != nil {
		return nil, err
	}
	var ended []Order
	for _, o := range held {
		if has >= need {
			break
		}
		made, err := freeze.Ask(ctx, tx, func(ctx context.Context, q sqlx.QueryerContext) (bool, error) {
			return o.MayBeMade(ctx, q, unlooked(o.Kind()))
		})
		if err != nil {
			return nil, err
		}
		if made {
			continue
		}
		if err := o.Fail(ctx, tx, u, reason, now); err != nil {
			return nil, err
		}
		has += o.Total()
		ended = append(ended, o)
	}
	return ended, nil
}
