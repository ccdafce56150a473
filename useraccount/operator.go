package useraccount

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/db"
)

// Suspend stops a user from sending; they still receive. The act is recorded.
func Suspend(ctx context.Context, tx *db.Tx, u *User, who, reason string, now int64) error {
	return act(ctx, tx, u, true, who, "suspend", reason, now)
}

// Resume ends a suspension.
func Resume(ctx context.Context, tx *db.Tx, u *User, who string, now int64) error {
	return act(ctx, tx, u, false, who, "resume", "", now)
}

func act(ctx context.Context, tx *db.Tx, u *User, suspended bool, who, name, reason string, now int64) error {
	value := 0
	if suspended {
		value = 1
	}
	if _, err := tx.One(ctx, `UPDATE user_account SET suspended = $2, reason = $3 WHERE id = $1`, u.ID, value, reason); err != nil {
		return fmt.Errorf("useraccount: %s: %w", name, err)
	}
	return Record(ctx, tx, who, name, u.JID, reason, now)
}

// Record writes down what an operator did, to whom or what, and why.
func Record(ctx context.Context, tx *db.Tx, who, act, target, reason string, now int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO operator_act (who, act, target, reason, at) VALUES ($1, $2, $3, $4, $5)`,
		who, act, target, reason, now)
	if err != nil {
		return fmt.Errorf("useraccount: %s: %w", act, err)
	}
	return nil
}
