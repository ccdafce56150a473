package useraccount

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
)

// Delegation lets one user act for another. It is of two users and not of two
// names: whoever gets a name later gets no rights with it.
type Delegation struct {
	Target string // username of who may act, as it is now
	Rules  string // what they may do, in the words of the door
}

// Delegate lets target act for owner, in the place of what they might before;
// ErrManyDelegations if it would be one more than most. The caller holds the owner's
// lock (Lock).
func Delegate(ctx context.Context, tx *db.Tx, owner, target *User, rules string, most int) error {
	owner, _, err := Locked(ctx, tx, owner, nil)
	if err != nil {
		return err
	}
	ok, err := tx.One(ctx, `
INSERT INTO delegation (owner, target, rules, created)
SELECT $1, $2, $3, $4 WHERE (SELECT COUNT(*) FROM delegation WHERE owner = $1 AND target <> $2) < $5
ON CONFLICT (owner, target) DO UPDATE SET rules = excluded.rules, created = excluded.created`, owner.ID, target.ID, rules, owner.Now, most)
	if err != nil {
		return fmt.Errorf("useraccount: delegate: %w", err)
	}
	if !ok {
		return ErrManyDelegations.With(fault.Args{"most": int64(most)})
	}
	return nil
}

// Undelegate takes back what target might do for owner; it may be nothing.
func Undelegate(ctx context.Context, tx *db.Tx, owner, target *User) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM delegation WHERE owner = $1 AND target = $2`, owner.ID, target.ID); err != nil {
		return fmt.Errorf("useraccount: delegate: %w", err)
	}
	return nil
}

// Delegations lists who may act for a user, by name. Who has no name now acts
// for nobody.
func Delegations(ctx context.Context, q sqlx.QueryerContext, owner ID) (all []Delegation, err error) {
	err = sqlx.SelectContext(ctx, q, &all, `
SELECT n.name AS target, d.rules
FROM delegation d
JOIN user_account u ON u.id = d.target AND u.active = 1
JOIN username n ON n.user_id = u.id AND n.released IS NULL
WHERE d.owner = $1 ORDER BY n.name`, owner)
	if err != nil {
		return nil, fmt.Errorf("useraccount: delegations: %w", err)
	}
	return all, nil
}

// leave ends the delegations that a user gave and got.
func leave(ctx context.Context, tx *db.Tx, user ID) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM delegation WHERE owner = $1 OR target = $1`, user); err != nil {
		return fmt.Errorf("useraccount: delegations: %w", err)
	}
	return nil
}
