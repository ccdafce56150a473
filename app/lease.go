package app

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Lease is how long, in seconds, an instance keeps a beacon to itself without
// asking again.
const Lease = 30

// Linked is an app to keep a link to, with whose wallet it is.
type Linked struct {
	App
	JID string
}

// Links lists the apps of a kind that an instance serves: all that come to us,
// and, if it dials, of those that are dialled the ones it holds or that nobody
// holds. For those it renews its lease when half of it is over.
func Links(ctx context.Context, d *db.DB, kind Kind, instance string, dials bool, now int64) ([]Linked, error) {
	var stale []ID
	err := sqlx.SelectContext(ctx, d.Read(), &stale, `
SELECT id FROM app
WHERE kind = $1 AND ended IS NULL AND (expires IS NULL OR expires > $2) AND beacon <> ''
  AND (instance = $3 AND leased < $4 OR instance <> $3 AND leased <= $2)`, string(kind), now, instance, now+Lease/2)
	if err != nil {
		return nil, fmt.Errorf("app: lease: %w", err)
	}
	if dials && len(stale) > 0 {
		if err := d.Tx(ctx, func(tx *db.Tx) error { return take(ctx, tx, stale, instance, now) }); err != nil {
			return nil, err
		}
	}
	var all []Linked
	err = sqlx.SelectContext(ctx, d.Read(), &all, `
SELECT `+fields+`, u.jid
FROM app a
JOIN user_account u ON u.id = a.user_id
WHERE a.kind = $1 AND a.ended IS NULL AND (a.expires IS NULL OR a.expires > $2) AND u.active = 1
  AND (a.beacon = '' OR a.instance = $3 AND a.leased > $2)
ORDER BY a.id`, string(kind), now, instance)
	if err != nil {
		return nil, fmt.Errorf("app: links: %w", err)
	}
	return all, nil
}

// take leases apps that nobody else holds.
func take(ctx context.Context, tx *db.Tx, ids []ID, instance string, now int64) error {
	text, by, err := sqlx.In(`UPDATE app SET instance = ?, leased = ? WHERE id IN (?) AND (instance = ? OR leased <= ?)`,
		instance, now+Lease, ids, instance, now)
	if err != nil {
		return fmt.Errorf("app: lease: %w", err)
	}
	if _, err := tx.ExecContext(ctx, sqlx.Rebind(sqlx.DOLLAR, text), by...); err != nil {
		return fmt.Errorf("app: lease: %w", err)
	}
	return nil
}
