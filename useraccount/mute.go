package useraccount

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
)

// mostMuted is how many people one user may mute.
const mostMuted = 200

// Mute has u told nothing more of what another user asks for or pays. The
// caller holds u's lock (Lock).
func Mute(ctx context.Context, tx *db.Tx, u, other *User) error {
	u, _, err := Locked(ctx, tx, u, nil)
	if err != nil {
		return err
	}
	var n int64
	if err := tx.GetContext(ctx, &n, `SELECT COUNT(*) FROM mute WHERE user_id = $1 AND muted <> $2`, u.ID, other.ID); err != nil {
		return fmt.Errorf("useraccount: mute: %w", err)
	}
	if n >= mostMuted {
		return fault.New(fault.NotAllowed, "mute.too-many", fault.Args{"n": n})
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO mute (user_id, muted) VALUES ($1, $2) ON CONFLICT (user_id, muted) DO NOTHING`, u.ID, other.ID)
	if err != nil {
		return fmt.Errorf("useraccount: mute: %w", err)
	}
	return nil
}

// Unmute ends it, and reports whether there was something to end.
func Unmute(ctx context.Context, tx *db.Tx, u, other *User) (bool, error) {
	return tx.One(ctx, `DELETE FROM mute WHERE user_id = $1 AND muted = $2`, u.ID, other.ID)
}

// MutedBy lists the names of those whom u muted, in order. Who has no name, or
// left, is not in it.
func MutedBy(ctx context.Context, q sqlx.QueryerContext, u *User) (names []string, err error) {
	err = sqlx.SelectContext(ctx, q, &names, `
SELECT n.name FROM mute m JOIN username n ON n.user_id = m.muted AND n.released IS NULL
WHERE m.user_id = $1 ORDER BY n.name`, u.ID)
	if err != nil {
		return nil, fmt.Errorf("useraccount: muted: %w", err)
	}
	return names, nil
}
