package paymentorder

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/db"
)

// ExpireOne ends one order whose time ran out, by the clock of the database; nil
// if there is none.
func ExpireOne(ctx context.Context, tx *db.Tx) (*Order, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return nil, err
	}
	var ids []ID
	err = tx.SelectContext(ctx, &ids, `
SELECT id FROM payment_order WHERE `+waiting+` AND `+ofAll+` AND expires <= $1 ORDER BY id LIMIT 1`+tx.SkipLocked(), now)
	if err != nil {
		return nil, fmt.Errorf("paymentorder: lapse: %w", err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	o, err := ByID(ctx, tx, ids[0])
	if err != nil {
		return nil, err
	}
	return o, o.move(ctx, tx, Lapse, `, ended = $4`, now)
}
