package paymentorder

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// whose are the orders that a worker for one kind looks at. Inside, all is
// done when the code comes.
var whose = map[Kind]string{
	OnChain:   "payment_hash IS NULL",
	Lightning: "payment_hash IS NOT NULL",
}

// Claim takes the next order that a worker has to look at and keeps others
// off it for lease seconds; nil if there is none.
func Claim(ctx context.Context, tx *db.Tx, of Kind, now, lease int64) (*Order, error) {
	var ids []int64
	err := tx.SelectContext(ctx, &ids, `
UPDATE payment_order
SET due = $1, tries = tries + 1
WHERE id = (
    SELECT id FROM payment_order
    WHERE state IN ('held', 'sending', 'in_flight', 'confirming', 'stuck') AND due <= $2 AND `+whose[of]+`
    ORDER BY due, id
    LIMIT 1`+tx.SkipLocked()+`
)
RETURNING id`, now+lease, now)
	if err != nil {
		return nil, fmt.Errorf("paymentorder: claim: %w", err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return ByID(ctx, tx, ids[0])
}

// Due reports whether there is an order that Claim may take. It reads only:
// most often there is none, and writers wait for each other.
func Due(ctx context.Context, q sqlx.QueryerContext, of Kind, now int64) (bool, error) {
	var ids []int64
	err := sqlx.SelectContext(ctx, q, &ids, `
SELECT id FROM payment_order
WHERE state IN ('held', 'sending', 'in_flight', 'confirming', 'stuck') AND due <= $1 AND `+whose[of]+`
LIMIT 1`, now)
	if err != nil {
		return false, fmt.Errorf("paymentorder: due: %w", err)
	}
	return len(ids) > 0, nil
}
