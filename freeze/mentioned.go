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

// Ever lists what was ever found of a reason, whether or not it stops payments now, the
// oldest first.
func Ever(ctx context.Context, q sqlx.QueryerContext, r Reason) (all []Cause, err error) {
	err = sqlx.SelectContext(ctx, q, &all, `SELECT ref, reason, what, node, pays, since, orders FROM frozen WHERE reason = $1 ORDER BY since, ref`, string(r))
	if err != nil {
		return nil, fmt.Errorf("freeze: %s: %w", r, err)
	}
	return all, nil
}
