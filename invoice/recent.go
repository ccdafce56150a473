package invoice

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/useraccount"
)

// Strangers at the web door ask for invoices, too. Those are not the user's own.
const own = ` AND door <> 'web'`

// Recent lists a user's own invoices that could be paid after a time, in
// seconds, or were paid since, oldest first.
func Recent(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID, since int64) ([]Invoice, error) {
	return list(ctx, q, `WHERE user_id = $1`+own+` AND (state <> 'settled' AND expires >= $2 OR settled >= $2) ORDER BY created, hash`, user, since)
}

// Page lists a part of a user's own invoices, newest first, and counts them all.
func Page(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID, skip, take int) (all []Invoice, total int, err error) {
	if err := sqlx.GetContext(ctx, q, &total, `SELECT COUNT(*) FROM invoice WHERE user_id = $1`+own, user); err != nil {
		return nil, 0, fmt.Errorf("invoice: %w", err)
	}
	all, err = list(ctx, q, `WHERE user_id = $1`+own+` ORDER BY created DESC, hash LIMIT $2 OFFSET $3`, user, take, skip)
	return all, total, err
}

func list(ctx context.Context, q sqlx.QueryerContext, where string, by ...any) ([]Invoice, error) {
	var all []Invoice
	if err := sqlx.SelectContext(ctx, q, &all, columns+where, by...); err != nil {
		return nil, fmt.Errorf("invoice: %w", err)
	}
	return all, nil
}
