package freeze

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// Forgot is how often an operator said that the Lightning node has forgotten what it
// showed. It only grows: what was said is kept. That a chain was set back is no word
// about the Lightning node.
func Forgot(ctx context.Context, q sqlx.QueryerContext) (int64, error) {
	var n int64
	err := sqlx.GetContext(ctx, q, &n, `SELECT COUNT(*) FROM frozen WHERE reason = $1 AND who <> '' AND ref NOT LIKE 'chain:%'`, string(Restored))
	if err != nil {
		return 0, fmt.Errorf("freeze: what the node has forgotten: %w", err)
	}
	return n, nil
}
