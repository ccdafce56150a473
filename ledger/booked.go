package ledger

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
)

// Booked is the amount of a transfer that was booked, by its key;
// sql.ErrNoRows if there is none.
func Booked(ctx context.Context, q sqlx.QueryerContext, ref, step string) (amount.Msat, error) {
	var m amount.Msat
	if err := sqlx.GetContext(ctx, q, &m, `SELECT amt FROM transfer WHERE ref = $1 AND step = $2`, ref, step); err != nil {
		return 0, fmt.Errorf("ledger: %s %s: %w", ref, step, err)
	}
	return m, nil
}
