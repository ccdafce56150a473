package app

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// End is how a request of an app ended: its order did, or its invoice was paid.
type End struct {
	App      ID `db:"app_id"`
	Key      string
	Hash     string
	State    string // of the order; "" if an invoice of the app's was paid
	Code     string // of the order
	Reason   string // phrase key of why the order failed
	Preimage string // hexadecimal; "" if the payment proved nothing
	Fee      amount.Msat
	Amount   amount.Msat
	Payee    useraccount.ID // user who was paid inside; 0 for nobody here
}

const ends = `
SELECT r.app_id, r.key, r.hash, o.state, o.code, o.reason, COALESCE(o.preimage, '') AS preimage, COALESCE(o.fee, 0) AS fee, o.amount,
       COALESCE(o.to_user, 0) AS payee
FROM app_request r
JOIN payment_order o ON o.id = r.order_id
`

// paid are the invoices that were made for an app and paid.
const paid = `
SELECT r.app_id, r.key, r.hash, '' AS state, '' AS code, '' AS reason, i.preimage, 0 AS fee, COALESCE(i.paid, 0) AS amount, 0 AS payee
FROM app_request r
JOIN invoice i ON i.hash = r.hash AND r.order_id IS NULL
`

// News lists the ends that apps do not know yet. A payment without a proof is
// no news: there is nothing that could be said of it.
func News(ctx context.Context, q sqlx.QueryerContext, apps []ID) ([]End, error) {
	if len(apps) == 0 {
		return nil, nil
	}
	text, by, err := sqlx.In(ends+`WHERE r.told = 0 AND r.app_id IN (?) AND (o.state IN ('failed', 'cancelled', 'expired') OR o.state = 'done' AND o.preimage <> '')
UNION ALL`+paid+`WHERE r.told = 0 AND r.app_id IN (?) AND i.state = 'settled' AND i.preimage <> ''`, apps, apps)
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	var all []End
	if err := sqlx.SelectContext(ctx, q, &all, sqlx.Rebind(sqlx.DOLLAR, text), by...); err != nil {
		return nil, fmt.Errorf("app: news: %w", err)
	}
	return all, nil
}

// How says how far the order of a request is; nil if it has none.
func (r *Request) How(ctx context.Context, q sqlx.QueryerContext) (*End, error) {
	var all []End
	if err := sqlx.SelectContext(ctx, q, &all, ends+`WHERE r.app_id = $1 AND r.key = $2`, r.App, r.Key); err != nil {
		return nil, fmt.Errorf("app: request: %w", err)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return &all[0], nil
}

// Told notes that an app knows the end of a request.
func MarkDelivered(ctx context.Context, tx *db.Tx, app ID, key string) error {
	if _, err := tx.One(ctx, `UPDATE app_request SET told = 1 WHERE app_id = $1 AND key = $2`, app, key); err != nil {
		return fmt.Errorf("app: told: %w", err)
	}
	return nil
}

// Sweep forgets what was refused before a time, in seconds: nobody takes so old
// a request any more. It stops waiting for ends of what was asked before then
// and has come to nothing, or was never fetched.
func Sweep(ctx context.Context, tx *db.Tx, before int64) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM app_request WHERE refused <> '' AND created < $1`, before); err != nil {
		return fmt.Errorf("app: sweep: %w", err)
	}
	_, err := tx.ExecContext(ctx, `
UPDATE app_request SET told = 1
WHERE told = 0 AND created < $1
  AND NOT EXISTS (SELECT 1 FROM payment_order o WHERE o.id = app_request.order_id
                  AND o.state NOT IN ('done', 'failed', 'cancelled', 'expired'))`, before)
	if err != nil {
		return fmt.Errorf("app: sweep: %w", err)
	}
	return nil
}
