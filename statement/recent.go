package statement

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// OfTransaction lists a user's lines about a transaction of the chain.
func OfTransaction(ctx context.Context, q sqlx.QueryerContext, user int64, txid string) ([]Line, error) {
	var all []Line
	err := sqlx.SelectContext(ctx, q, &all, columns+`WHERE s.user_id = $1 AND (e.txid = $2 OR c.txid = $2) ORDER BY s.n`, user, txid)
	if err != nil {
		return nil, fmt.Errorf("statement: %w", err)
	}
	return all, nil
}
