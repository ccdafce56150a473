package audit

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/cursor"
)

// Compared is when the books were last compared with the nodes, in seconds since 1970;
// 0 if they never were. Of books that were restored it is when that was done before the
// copy was made: what the nodes did since then, nobody has looked at.
func Compared(ctx context.Context, q sqlx.QueryerContext) (int64, error) {
	return cursor.At(ctx, q, markChain)
}
