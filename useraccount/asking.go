package useraccount

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/db"
)

// How often a user is asked for money within askingLasts seconds: by one
// person, and by everybody.
const (
	mostAskedByOne = 3
	mostAsked      = 10
	askingLasts    = 3600
)

// Asked writes down that one user asks another for money, and reports whether
// the other may be asked again now. The caller holds the lock of the user who is
// asked (Lock), so that many who ask at once are counted one by one.
func Asked(ctx context.Context, tx *db.Tx, u *User, by ID) (bool, error) {
	u, _, err := Locked(ctx, tx, u, nil)
	if err != nil {
		return false, err
	}
	user, now := u.ID, u.Now
	if _, err := tx.ExecContext(ctx, `DELETE FROM asking WHERE user_id = $1 AND at <= $2`, user, now-askingLasts); err != nil {
		return false, fmt.Errorf("useraccount: asked: %w", err)
	}
	var n struct {
		All int64 `db:"n"`
		One int64 `db:"one"`
	}
	err = tx.GetContext(ctx, &n, `SELECT COUNT(*) AS n, COUNT(CASE WHEN by = $2 THEN 1 END) AS one FROM asking WHERE user_id = $1`, user, by)
	if err != nil {
		return false, fmt.Errorf("useraccount: asked: %w", err)
	}
	if n.All >= mostAsked || n.One >= mostAskedByOne {
		return false, nil
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO asking (user_id, by, at) VALUES ($1, $2, $3)`, user, by, now); err != nil {
		return false, fmt.Errorf("useraccount: asked: %w", err)
	}
	return true, nil
}
