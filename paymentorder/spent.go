package paymentorder

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/useraccount"
)

const minute, hour, day = 60, 3600, 24 * 3600 // in seconds

// spentBy asks what a user's orders that were confirmed after a time come to, without
// those that failed, and without their fees; spans are the arguments behind the user. The
// database keeps sums of minutes and hours. The minute and the hour in which the time is
// are not whole, so they are made of orders and of minutes: the sum is that of the orders,
// to the second, and reads as many rows whether there were few of them or many.
func spentBy(user, after, minutes, hours string) string {
	return `
SELECT CAST(COALESCE(SUM(s.amount), 0) AS BIGINT)
FROM (
    SELECT amount FROM payment_order WHERE user_id = ` + user + ` AND confirmed > ` + after + ` AND confirmed < ` + minutes + ` AND state <> 'failed'
    UNION ALL
    SELECT amount FROM spent WHERE user_id = ` + user + ` AND span = 60 AND since >= ` + minutes + ` AND since < ` + hours + `
    UNION ALL
    SELECT amount FROM spent WHERE user_id = ` + user + ` AND span = 3600 AND since >= ` + hours + `
) AS s`
}

// spans are a time, and when the first minute and the first hour after it begin that are
// whole.
func spans(after int64) (int64, int64, int64) {
	minutes := (after/minute + 1) * minute
	return after, minutes, (minutes + hour - 1) / hour * hour
}

var spentQuery = spentBy(`$1`, `$2`, `$3`, `$4`)

// spent asks it of a user.
func spent(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID, after int64) (m amount.Msat, err error) {
	after, minutes, hours := spans(after)
	if err := sqlx.GetContext(ctx, q, &m, spentQuery, user, after, minutes, hours); err != nil {
		return 0, fmt.Errorf("paymentorder: spent: %w", err)
	}
	return m, nil
}
