package outbox

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// Event is a notice for those who look at it while it is told elsewhere.
type Event struct {
	Notice
	At int64 // when it was written, in seconds
}

// Newest is the number of the newest notice, 0 if there is none.
func Newest(ctx context.Context, q sqlx.QueryerContext) (id int64, err error) {
	if err := sqlx.GetContext(ctx, q, &id, `SELECT COALESCE(MAX(id), 0) FROM notice`); err != nil {
		return 0, fmt.Errorf("outbox: %w", err)
	}
	return id, nil
}

// Recent lists the notices with a greater number than after in their order, told
// or not, at most limit. One that is committed late may have a smaller number
// than others that were there before it: see Late.
func Recent(ctx context.Context, q sqlx.QueryerContext, after int64, limit int) ([]Event, error) {
	return recent(ctx, q, `id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// Late lists those of some notices that are there, in their order: a number that
// was taken and is not there belongs to a transaction that is under way, or to
// none any more.
func Late(ctx context.Context, q sqlx.QueryerContext, ids []int64) ([]Event, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	where, args, err := sqlx.In(`id IN (?) ORDER BY id`, ids)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	return recent(ctx, q, sqlx.Rebind(sqlx.DOLLAR, where), args...)
}

func recent(ctx context.Context, q sqlx.QueryerContext, where string, args ...any) ([]Event, error) {
	var found []struct {
		row
		Created int64
	}
	err := sqlx.SelectContext(ctx, q, &found, `
SELECT id, jid, node, phrase, args, next, lang, unit, balance, edits, tries, created
FROM notice WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	all := make([]Event, 0, len(found))
	for _, r := range found {
		n, err := r.notice()
		if err != nil {
			return nil, err
		}
		all = append(all, Event{n, r.Created})
	}
	return all, nil
}
