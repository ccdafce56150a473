package paymentorder

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Past writes down, as expired, an order that another program left without a
// confirmation. It never moves: that state is final. A code that the user had
// before is not written down: it would mean two orders.
func Past(ctx context.Context, tx *db.Tx, u *useraccount.User, d Draft, code string, created, now int64) error {
	to := sql.Null[useraccount.ID]{}
	if d.ToUser != nil {
		to = sql.Null[useraccount.ID]{V: d.ToUser.ID, Valid: true}
	}
	const q = `
INSERT INTO payment_order (user_id, code, state, to_user, to_address, said_to, said_at, amount, fee_limit, memo, client_key,
                           created, expires, ended)
VALUES ($1, $2, 'expired', $3, $4, $5, $6, $7, 0, $8, $9, $10, $10, $11)
ON CONFLICT (user_id, code) WHERE code <> '' DO NOTHING`
	for _, code := range []string{code, ""} {
		ok, err := tx.One(ctx, q, u.ID, code, to, sql.NullString{String: d.ToAddress, Valid: d.ToAddress != ""}, d.SaidTo, d.SaidAt, int64(d.Amount),
			d.Memo, d.ClientKey, created, now)
		if err != nil {
			return fmt.Errorf("paymentorder: past: %w", err)
		}
		if ok {
			return nil
		}
	}
	return nil
}
