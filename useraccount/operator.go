package useraccount

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
)

// Suspend stops a user from sending; they still receive. The act is recorded.
func Suspend(ctx context.Context, tx *db.Tx, u *User, who, reason string, now int64) error {
	return act(ctx, tx, u, true, who, "suspend", reason, now)
}

// Resume ends the suspension that the operator saw. A Conflict fault says that
// it is another one by now, of which the operator does not know yet.
func Resume(ctx context.Context, tx *db.Tx, u *User, who string, now int64) error {
	is, _, err := Locked(ctx, tx, u, nil)
	switch {
	case err != nil:
		return err
	case is.Suspended != u.Suspended || is.Reason != u.Reason:
		return ErrSuspended.With(fault.Args{"reason": is.Reason}).OfKind(fault.Conflict)
	}
	return act(ctx, tx, u, false, who, "resume", "", now)
}

// SuspendedBy is who suspended a user last, or ended that; "" if nobody did.
func SuspendedBy(ctx context.Context, q sqlx.QueryerContext, u *User) (string, error) {
	var who []string
	err := sqlx.SelectContext(ctx, q, &who, `
SELECT who FROM operator_act WHERE target = $1 AND act IN ('suspend', 'resume') ORDER BY id DESC LIMIT 1`, u.JID)
	if err != nil || len(who) == 0 {
		return "", err
	}
	return who[0], nil
}

func act(ctx context.Context, tx *db.Tx, u *User, suspended bool, who, name, reason string, now int64) error {
	if _, _, err := Locked(ctx, tx, u, nil); err != nil {
		return err
	}
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
