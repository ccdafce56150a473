package app

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
)

// Entry is one payment that an app asked for.
type Entry struct {
	State   string
	Amount  amount.Msat
	SaidTo  string `db:"said_to"`
	Memo    string
	Created int64
	Unasked bool // out of the budget
}

// How is what came of it: "done", "under-way", "waiting" for the user's leave,
// "failed", "cancelled" or "expired".
func (e Entry) How() string {
	switch e.State {
	case "done", "failed", "cancelled", "expired":
		return e.State
	case "new":
		return "waiting"
	}
	return "under-way"
}

// Log lists the latest payments that an app asked for, newest first.
func (a *App) Log(ctx context.Context, q sqlx.QueryerContext, n int) ([]Entry, error) {
	var all []Entry
	err := sqlx.SelectContext(ctx, q, &all, `
SELECT o.state, o.amount, o.said_to, o.memo, o.created, MAX(r.unasked) AS unasked
FROM app_request r
JOIN payment_order o ON o.id = r.order_id
WHERE r.app_id = $1
GROUP BY o.id, o.state, o.amount, o.said_to, o.memo, o.created
ORDER BY o.id DESC
LIMIT $2`, a.ID, n)
	if err != nil {
		return nil, fmt.Errorf("app: log: %w", err)
	}
	return all, nil
}
