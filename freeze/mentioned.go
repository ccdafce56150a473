package freeze

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// Mentioned reports whether anything was ever found or expected of a Ref, whether or not
// it stops payments now.
func Mentioned(ctx context.Context, q sqlx.QueryerContext, ref string) (bool, error) {
	var n int64
	if err := sqlx.GetContext(ctx, q, &n, `SELECT COUNT(*) FROM frozen WHERE ref = $1`, ref); err != nil {
		return false, fmt.Errorf("freeze: %s: %w", ref, err)
	}
	return n > 0, nil
}
