package paymentorder

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/db"
)

// resum makes the sums of what users and apps spent from the orders, as 0018_spent.sql
// made them first.
var resum = []string{
	`DELETE FROM spent`,
	`DELETE FROM app_spent`,
	`
INSERT INTO spent (user_id, span, since, amount)
SELECT o.user_id, s.span, o.confirmed - o.confirmed % s.span, CAST(SUM(o.amount) AS BIGINT)
FROM payment_order o CROSS JOIN (SELECT 60 AS span UNION ALL SELECT 3600) AS s
WHERE o.confirmed IS NOT NULL AND o.state <> 'failed'
GROUP BY o.user_id, s.span, o.confirmed - o.confirmed % s.span`,
	`
INSERT INTO app_spent (app_id, span, since, amount)
SELECT o.by_app, s.span, o.confirmed - o.confirmed % s.span, CAST(SUM(o.amount + COALESCE(o.fee, o.fee_limit)) AS BIGINT)
FROM payment_order o CROSS JOIN (SELECT 60 AS span UNION ALL SELECT 3600 UNION ALL SELECT 86400) AS s
WHERE o.by_app IS NOT NULL AND o.confirmed IS NOT NULL AND o.state <> 'failed'
GROUP BY o.by_app, s.span, o.confirmed - o.confirmed % s.span`,
}

// Resum adds up anew what limits and budgets go by. Nobody changes an order meanwhile.
func Resum(ctx context.Context, tx *db.Tx) error {
	all := resum
	if tx.Dialect == db.Postgres {
		all = append([]string{`LOCK TABLE payment_order IN SHARE ROW EXCLUSIVE MODE`}, all...)
	}
	for _, q := range all {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("paymentorder: resum: %w", err)
		}
	}
	return nil
}
