package freeze

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// declaredForgot are the causes by which an operator said that the Lightning node has
// forgotten what it showed. That a chain was set back is no word about it.
const declaredForgot = `FROM frozen WHERE reason = $1 AND who <> '' AND ref NOT LIKE $2`

// Forgot is how often an operator said that the Lightning node has forgotten what it
// showed. It only grows: what was said is kept.
func Forgot(ctx context.Context, q sqlx.QueryerContext) (int64, error) {
	var n int64
	err := sqlx.GetContext(ctx, q, &n, `SELECT COUNT(*) `+declaredForgot, string(Restored), RefChain+"%")
	if err != nil {
		return 0, fmt.Errorf("freeze: what the node has forgotten: %w", err)
	}
	return n, nil
}

// ForgotAt is when an operator said last that the Lightning node has forgotten what it
// showed, in seconds; 0 if nobody ever did. What began before then, the node need not know.
func ForgotAt(ctx context.Context, q sqlx.QueryerContext) (int64, error) {
	var at int64
	err := sqlx.GetContext(ctx, q, &at, `SELECT COALESCE(MAX(lifted), 0) `+declaredForgot, string(Restored), RefChain+"%")
	if err != nil {
		return 0, fmt.Errorf("freeze: when the node forgot: %w", err)
	}
	return at, nil
}
