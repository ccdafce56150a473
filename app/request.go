package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Request is one thing that an app asked for.
type Request struct {
	App     ID `db:"app_id"`
	Key     string
	Hash    string        // payment hash, hexadecimal; "" none
	Order   sql.NullInt64 `db:"order_id"` // that pays
	Unasked bool          // paid out of the budget
	Refused string        // why nothing was done
	Told    bool
	Created int64
}

const requests = `
SELECT app_id, key, hash, order_id, unasked, refused, told, created
FROM app_request
`

// Find returns what was asked by a key; nil if nothing was.
func (a *App) Find(ctx context.Context, q sqlx.QueryerContext, key string) (*Request, error) {
	var r Request
	err := sqlx.GetContext(ctx, q, &r, requests+`WHERE app_id = $1 AND key = $2`, a.ID, key)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("app: request: %w", err)
	}
	return &r, nil
}

// Add writes a request down; false if its key was used before.
func (r Request) Add(ctx context.Context, tx *db.Tx) (bool, error) {
	ok, err := tx.One(ctx, `
INSERT INTO app_request (app_id, key, hash, order_id, unasked, refused, told, created)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (app_id, key) DO NOTHING`,
		r.App, r.Key, r.Hash, r.Order, truth(r.Unasked), r.Refused, truth(r.Told), r.Created)
	if err != nil {
		return false, fmt.Errorf("app: request: %w", err)
	}
	return ok, nil
}

// Asking counts the payments that wait for the user's leave. They are looked for among
// what waits of the user, and not among all that the app ever asked for: the number of
// the app is a sum in the question, so that no index of its requests is taken.
func (a *App) Asking(ctx context.Context, q sqlx.QueryerContext, now int64) (int, error) {
	return count(ctx, q, `
SELECT COUNT(*) FROM payment_order o CROSS JOIN app_request r
WHERE o.user_id = $2 AND o.state = 'new' AND o.expires > $3 AND r.order_id = o.id AND r.app_id + 0 = $1 AND r.unasked = 0`, a.ID, a.User, now)
}

// Asked counts the payments that needed the user's leave since a time.
func (a *App) Asked(ctx context.Context, q sqlx.QueryerContext, since int64) (int, error) {
	return count(ctx, q, `SELECT COUNT(*) FROM app_request WHERE app_id = $1 AND unasked = 0 AND order_id IS NOT NULL AND created > $2`, a.ID, since)
}

func count(ctx context.Context, q sqlx.QueryerContext, query string, by ...any) (int, error) {
	var n int
	if err := sqlx.GetContext(ctx, q, &n, query, by...); err != nil {
		return 0, fmt.Errorf("app: count: %w", err)
	}
	return n, nil
}

// OfOrder finds the app that asked for an order, and how; nil if no app did.
func OfOrder(ctx context.Context, q sqlx.QueryerContext, order int64) (*App, *Request, error) {
	var all []Request
	if err := sqlx.SelectContext(ctx, q, &all, requests+`WHERE order_id = $1 ORDER BY unasked DESC, created LIMIT 1`, order); err != nil {
		return nil, nil, fmt.Errorf("app: order: %w", err)
	}
	if len(all) == 0 {
		return nil, nil, nil
	}
	a, err := ByID(ctx, q, all[0].App)
	return a, &all[0], err
}
