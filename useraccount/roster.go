package useraccount

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// MaxRoster is how many contacts of the gateway one user may keep.
const MaxRoster = 2000

// Subscribe remembers that u wants the presence of node@gateway, up to MaxRoster
// of them. Who left has no contacts.
func Subscribe(ctx context.Context, tx *db.Tx, u *User, node string) error {
	u, _, err := Locked(ctx, tx, u, nil)
	if err != nil || !u.Active {
		return err
	}
	_, err = tx.ExecContext(ctx, `
INSERT INTO roster (user_id, node)
SELECT $1, $2 WHERE (SELECT COUNT(*) FROM roster WHERE user_id = $1) < $3
ON CONFLICT (user_id, node) DO NOTHING`, u.ID, node, MaxRoster)
	if err != nil {
		return fmt.Errorf("useraccount: subscribe: %w", err)
	}
	return nil
}

// Unsubscribe forgets it.
func Unsubscribe(ctx context.Context, tx *db.Tx, u *User, node string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM roster WHERE user_id = $1 AND node = $2`, u.ID, node); err != nil {
		return fmt.Errorf("useraccount: unsubscribe: %w", err)
	}
	return nil
}

// Roster lists the contacts u subscribed to.
func Roster(ctx context.Context, q sqlx.QueryerContext, u *User) ([]string, error) {
	var nodes []string
	err := sqlx.SelectContext(ctx, q, &nodes, `SELECT node FROM roster WHERE user_id = $1 ORDER BY node`, u.ID)
	return nodes, err
}
