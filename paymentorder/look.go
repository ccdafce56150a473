package paymentorder

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// FirstOutside is when the first order to the outside was confirmed; false if
// there is none.
func FirstOutside(ctx context.Context, q sqlx.QueryerContext) (int64, bool, error) {
	var at sql.NullInt64
	err := sqlx.GetContext(ctx, q, &at, `
SELECT MIN(confirmed) FROM payment_order WHERE to_user IS NULL AND confirmed IS NOT NULL`)
	if err != nil {
		return 0, false, fmt.Errorf("paymentorder: first: %w", err)
	}
	return at.Int64, at.Valid, nil
}

// ByTx finds the order that stored a transaction; nil if none did.
func ByTx(ctx context.Context, q sqlx.QueryerContext, txid string) (*Order, error) {
	all, err := list(ctx, q, `WHERE e.txid = $1`, txid)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// ByHash lists the orders for a payment hash, in every state, oldest first.
func ByHash(ctx context.Context, q sqlx.QueryerContext, hash string) ([]Order, error) {
	return list(ctx, q, `WHERE o.payment_hash = $1 ORDER BY o.id`, hash)
}

// Unburied lists the orders with a stored transaction whose end is open, and
// those that were done after a time.
func Unburied(ctx context.Context, q sqlx.QueryerContext, after int64) ([]Order, error) {
	return list(ctx, q, `WHERE `+outsideSince+` AND e.txid IS NOT NULL AND (o.state IN ('sending', 'in_flight', 'confirming', 'stuck') OR o.state = 'done' AND o.ended > $1)
ORDER BY o.id`, after)
}

// OnTheirWay lists the orders over Lightning whose end is open, and those that
// were done after a time, neighbours' apart.
func OnTheirWay(ctx context.Context, q sqlx.QueryerContext, after int64) ([]Order, error) {
	return list(ctx, q, `WHERE `+outsideSince+` AND o.payment_hash IS NOT NULL AND o.to_user IS NULL
AND (o.state IN ('sending', 'in_flight', 'stuck') OR o.state = 'done' AND o.ended > $1) ORDER BY o.id`, after)
}

// InHand lists the orders over Lightning whose end is open and that somebody has in
// hand, or had when they fell silent, neighbours' apart.
func InHand(ctx context.Context, q sqlx.QueryerContext) ([]Order, error) {
	return list(ctx, q, `WHERE `+allUnderWay+` AND o.taken <> 0 AND o.payment_hash IS NOT NULL AND o.to_user IS NULL AND o.state IN ('sending', 'in_flight', 'stuck') ORDER BY o.id`)
}
