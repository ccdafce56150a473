package useraccount

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
)

// Quarantine is how long, in seconds, a name that was given up is kept from others.
const Quarantine = 90 * 24 * 3600

// Rename gives u a name. It must be free: nobody has one that looks like it,
// and nobody else gave one up within the quarantine. Who was called by the old
// name is not found by it any more.
func Rename(ctx context.Context, tx *db.Tx, u *User, name string, now int64) error {
	if err := address.ValidUsername(name); err != nil {
		return err
	}
	if u.Name == name {
		return nil
	}
	skeleton := address.Skeleton(name)
	locked, _, err := Locked(ctx, tx, u, nil)
	if err != nil {
		return err
	}
	if !locked.Active { // the name would be taken from all, and nobody's
		return ErrClosed
	}
	if err := Free(ctx, tx, u.ID, name, now); err != nil {
		return err
	}
	if err := release(ctx, tx, u.ID, now); err != nil {
		return err
	}
	if err := take(ctx, tx, u.ID, name, skeleton, now); err != nil {
		return err
	}
	u.Name = name
	return nil
}

// take gives a user a name that was given up, or one that nobody had. Of two
// who ask at once the other may have it by now, or have had it and given it up,
// found by its skeleton or by the name itself: no clause of an INSERT updates on
// either, so there are two statements. The quarantine is asked about where the
// row is taken.
func take(ctx context.Context, tx *db.Tx, user ID, name, skeleton string, now int64) error {
	const again = `
UPDATE username SET name = $1, user_id = $3, released = NULL
WHERE skeleton = $2 AND released IS NOT NULL AND (user_id = $3 OR released <= $4)`
	const first = `INSERT INTO username (name, skeleton, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	ok, err := tx.One(ctx, again, name, skeleton, user, now-Quarantine)
	if err == nil && !ok {
		ok, err = tx.One(ctx, first, name, skeleton, user)
	}
	switch {
	case err != nil:
		return fmt.Errorf("useraccount: rename: %w", err)
	case ok:
		return nil
	}
	return ErrNameTaken.With(fault.Args{"name": name})
}

// Free is nil if that user may have the name, a Conflict fault if somebody
// else has it, or one that looks like it, or gave it up not long ago.
func Free(ctx context.Context, q sqlx.QueryerContext, user ID, name string, now int64) error {
	var had struct {
		UserID   ID            `db:"user_id"`
		Released sql.NullInt64 `db:"released"`
	}
	err := sqlx.GetContext(ctx, q, &had, `SELECT user_id, released FROM username WHERE skeleton = $1`, address.Skeleton(name))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("useraccount: name: %w", err)
	case had.UserID != user && (!had.Released.Valid || had.Released.Int64 > now-Quarantine):
		return ErrNameTaken.With(fault.Args{"name": name})
	}
	return nil
}

func release(ctx context.Context, tx *db.Tx, user ID, now int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE username SET released = $2 WHERE user_id = $1 AND released IS NULL`, user, now)
	if err != nil {
		return fmt.Errorf("useraccount: release the name: %w", err)
	}
	return nil
}
