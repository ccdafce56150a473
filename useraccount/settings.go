package useraccount

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
)

// settings are the columns that Set may change.
var settings = map[string]string{
	"language": `UPDATE user_account SET lang = $2 WHERE id = $1`,
	"unit":     `UPDATE user_account SET unit = $2 WHERE id = $1`,
	"fiat":     `UPDATE user_account SET fiat = $2 WHERE id = $1`,
	"notify":   `UPDATE user_account SET notify = $2 WHERE id = $1`,
	"presence": `UPDATE user_account SET presence = $2 WHERE id = $1`,
}

// Set changes one setting: "language", "unit" and "fiat" to a string, "notify"
// and "presence" to 0 or 1. What the value may be is the caller's to check.
func Set(ctx context.Context, tx *db.Tx, u *User, name string, value any) error {
	q, ok := settings[name]
	if !ok {
		return fmt.Errorf("useraccount: no setting %q", name)
	}
	if _, err := tx.One(ctx, q, u.ID, value); err != nil {
		return fmt.Errorf("useraccount: set %s: %w", name, err)
	}
	return nil
}

// RaiseDelay is how long, in seconds, a user waits for more: whoever steals a
// session cannot lift the limit and empty the account in one go.
const RaiseDelay = 24 * 3600

// SetLimit changes the user's own daily limit; limited false means no limit of
// their own. Less takes effect now, more after RaiseDelay. It returns when, in
// seconds. What the limit was is read under the lock: else who reads it before
// it is lowered would put the old one back.
func SetLimit(ctx context.Context, tx *db.Tx, u *User, limit amount.Msat, limited bool, now int64) (int64, error) {
	u, _, err := Locked(ctx, tx, u, nil)
	if err != nil {
		return 0, err
	}
	old, had := u.Limit(now)
	var value, before any
	if limited {
		value = int64(limit)
	}
	if had {
		before = int64(old)
	}
	at := now
	if had && (!limited || limit > old) {
		at = now + RaiseDelay
	} else {
		before = value
	}
	_, err = tx.One(ctx, `UPDATE user_account SET day_limit = $2, day_limit_new = $3, day_limit_at = $4 WHERE id = $1`,
		u.ID, before, value, at)
	if err != nil {
		return 0, fmt.Errorf("useraccount: limit: %w", err)
	}
	return at, nil
}
