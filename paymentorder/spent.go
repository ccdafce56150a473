package paymentorder

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
)

const minute, hour, day = 60, 3600, 24 * 3600 // in seconds

// spent is what a user's orders that were confirmed after a time come to, without those
// that failed, and without their fees. The database keeps sums of minutes and hours. The
// minute and the hour in which the time is are not whole, so they are made of orders and
// of minutes: the sum is that of the orders, to the second, and reads as many rows
// whether there were few of them or many.
func spent(ctx context.Context, q sqlx.QueryerContext, user, after int64) (m amount.Msat, err error) {
	minutes := (after/minute + 1) * minute // begin with the first that is whole
	hours := (minutes + hour - 1) / hour * hour
	err = sqlx.GetContext(ctx, q, &m, `
SELECT CAST(COALESCE(SUM(s.amount), 0) AS BIGINT)
FROM (
    SELECT amount FROM payment_order WHERE user_id = $1 AND confirmed > $2 AND confirmed < $3 AND state <> 'failed'
    UNION ALL
    SELECT amount FROM spent WHERE user_id = $1 AND span = 60 AND since >= $3 AND since < $4
    UNION ALL
    SELECT amount FROM spent WHERE user_id = $1 AND span = 3600 AND since >= $4
) AS s`, user, after, minutes, hours)
	if err != nil {
		return 0, fmt.Errorf("paymentorder: spent: %w", err)
	}
	return m, nil
}
