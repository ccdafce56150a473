package app

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// LockAsker locks the app that asked a user for the order with a code; nil if none did.
func LockAsker(ctx context.Context, tx *db.Tx, user useraccount.ID, code string) (*App, error) {
	var ids []ID
	err := tx.SelectContext(ctx, &ids, `
SELECT r.app_id FROM payment_order o JOIN app_request r ON r.order_id = o.id
WHERE o.user_id = $1 AND o.code = $2 AND o.code <> ''
ORDER BY r.unasked DESC, r.created LIMIT 1`, user, code)
	if err != nil {
		return nil, fmt.Errorf("app: asker: %w", err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return Lock(ctx, tx, ids[0])
}
