package paymentorder

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/useraccount"
)

// Recent lists a user's orders that are not over, and those that ended since a
// time in seconds, oldest first.
func Recent(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID, since int64) ([]Order, error) {
	return list(ctx, q, `
WHERE o.id IN (
    SELECT id FROM payment_order WHERE user_id = $1 AND `+ofUser+` AND ended IS NULL
    UNION ALL
    SELECT id FROM payment_order WHERE user_id = $1 AND `+ofUser+` AND ended >= $2)
ORDER BY o.id`, user, since)
}

// Page lists a part of a user's orders, newest first, and counts them all.
func Page(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID, skip, take int) (all []Order, total int, err error) {
	if err := sqlx.GetContext(ctx, q, &total, `SELECT COUNT(*) FROM payment_order WHERE user_id = $1 AND `+ofUser, user); err != nil {
		return nil, 0, fmt.Errorf("paymentorder: %w", err)
	}
	all, err = list(ctx, q, `WHERE o.user_id = $1 AND `+ofUser+` ORDER BY o.id DESC LIMIT $2 OFFSET $3`, user, take, skip)
	return all, total, err
}
