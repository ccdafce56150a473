package command

import (
	"context"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/outbox"
)

// Returned takes back a notice that its user's server did not keep, and
// reports whether it was one of ours to that user. It is told again when the
// user is there.
func (d *Desk) Returned(ctx context.Context, user string, notice int64) (ok bool, err error) {
	defer later(&err)
	err = d.DB.Tx(ctx, func(tx *db.Tx) error {
		now, err := tx.Now(ctx)
		if err == nil {
			ok, err = outbox.Bounce(ctx, tx, notice, user, now)
		}
		return err
	})
	return ok, err
}

// Here says that a user is there: what came back is told now.
func (d *Desk) Here(ctx context.Context, user string) (err error) {
	defer later(&err)
	now, err := d.DB.Now(ctx)
	if err != nil {
		return err
	}
	away, err := outbox.Away(ctx, d.DB.Read(), user, now)
	if err != nil || !away {
		return err
	}
	err = d.DB.Tx(ctx, func(tx *db.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		return outbox.Here(ctx, tx, user, now)
	})
	if err == nil && d.Wake != nil {
		d.Wake()
	}
	return err
}
