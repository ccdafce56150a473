package paymentorder

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Past writes down, as expired, an order that another program left without a
// confirmation. It never moves: that state is final.
func Past(ctx context.Context, tx *db.Tx, u *useraccount.User, d Draft, code string, created, now int64) error {
	to := sql.NullInt64{}
	if d.ToUser != nil {
		to = sql.NullInt64{Int64: d.ToUser.ID, Valid: true}
	}
	_, err := tx.ExecContext(ctx, `
INSERT INTO payment_order (user_id, code, state, to_user, to_address, said_to, said_at, amount, fee_limit, memo, client_key,
                           created, expires, ended)
VALUES ($1, $2, 'expired', $3, $4, $5, $6, $7, 0, $8, $9, $10, $10, $11)`,
		u.ID, code, to, sql.NullString{String: d.ToAddress, Valid: d.ToAddress != ""}, d.SaidTo, d.SaidAt, int64(d.Amount),
		d.Memo, d.ClientKey, created, now)
	if err != nil {
		return fmt.Errorf("paymentorder: past: %w", err)
	}
	return nil
}
