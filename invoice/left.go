package invoice

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// Left lists the payment hashes of invoices that users who have left made since a
// time, in seconds, and that the node may still take a payment for.
func Left(ctx context.Context, q sqlx.QueryerContext, since int64) ([]string, error) {
	var all []string
	err := sqlx.SelectContext(ctx, q, &all, `
SELECT i.hash FROM user_account u JOIN invoice i ON i.user_id = u.id
WHERE u.active = 0 AND i.state = 'open' AND i.created >= $1
ORDER BY i.hash`, since)
	if err != nil {
		return nil, fmt.Errorf("invoice: left: %w", err)
	}
	return all, nil
}
