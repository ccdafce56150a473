package cursor

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Count is how often the turn of this name was taken; 0 if never. Whoever reads a node
// asks it first, and takes the turn with what was read.
func Count(ctx context.Context, q sqlx.QueryerContext, name string) (int64, error) {
	v, ok, err := Find(ctx, q, name)
	if err != nil || !ok {
		return 0, err
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("cursor: %s: %w", name, err)
	}
	return n, nil
}

// Take takes a turn that was taken n times; false if somebody else has taken it since.
func Take(ctx context.Context, tx *db.Tx, name string, n, now int64) (bool, error) {
	return Swap(ctx, tx, name, strconv.FormatInt(n, 10), strconv.FormatInt(n+1, 10), now)
}
