package audit

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// Compared is when the books were last compared with the nodes, in seconds since 1970;
// 0 if they never were. Of books that were restored it is when that was done before the
// copy was made: what the nodes did since then, nobody has looked at.
func Compared(ctx context.Context, q sqlx.QueryerContext) (at int64, err error) {
	err = sqlx.GetContext(ctx, q, &at, `SELECT COALESCE(MAX(at), 0) FROM node_cursor WHERE name = $1`, markChain)
	if err != nil {
		return 0, fmt.Errorf("audit: when the nodes were looked at: %w", err)
	}
	return at, nil
}
