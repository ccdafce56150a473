package outbox

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Told ends notices, but for those that came back meanwhile. At is in seconds.
func MarkDelivered(ctx context.Context, tx *db.Tx, at int64, ids ...int64) error {
	return mark(ctx, tx, `UPDATE notice SET told = ? WHERE id IN (?) AND bounced < tries`, ids, at)
}

// Later puts a notice back until due, in seconds. Until is that of its claim: if others
// have claimed it since then, it is left to them.
func Postpone(ctx context.Context, tx *db.Tx, id, until, due int64) error {
	_, err := tx.One(ctx, `UPDATE notice SET due = $3 WHERE id = $1 AND told IS NULL AND due = $2`, id, until, due)
	return err
}

// Unclaim gives notices back of which nothing was said: they are due, and this time does
// not count as a try. Until is as for Later.
func Unclaim(ctx context.Context, tx *db.Tx, now, until int64, ids ...int64) error {
	return mark(ctx, tx, `UPDATE notice SET due = ?, tries = tries - 1 WHERE id IN (?) AND told IS NULL AND due = ?`, ids, now, until)
}

// mark writes something into notices: the first of args goes before the list, the others
// behind it.
func mark(ctx context.Context, tx *db.Tx, update string, ids []int64, first any, more ...any) error {
	if len(ids) == 0 {
		return nil
	}
	q, args, err := sqlx.In(update, append([]any{first, list(ids)}, more...)...)
	if err == nil {
		_, err = tx.ExecContext(ctx, sqlx.Rebind(sqlx.DOLLAR, q), args...)
	}
	if err != nil {
		return fmt.Errorf("outbox: mark: %w", err)
	}
	return nil
}

// Sweep forgets notices told before the given time.
func Sweep(ctx context.Context, tx *db.Tx, before int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM notice WHERE told < $1`, before)
	return err
}
