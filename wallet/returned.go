package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/outbox"
)

// Returned takes back a notice that its user's server did not keep, and
// reports whether it was one of ours to that user. It is told again when the
// user is there.
func (s *Service) Returned(ctx context.Context, user string, notice int64) (ok bool, err error) {
	defer DatabaseAway(&err)
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		now, err := tx.Now(ctx)
		if err == nil {
			ok, err = outbox.Bounce(ctx, tx, notice, user, now)
		}
		return err
	})
	return ok, err
}

// Here says that a user is there: what came back is told now.
func (s *Service) Here(ctx context.Context, user string) (err error) {
	defer DatabaseAway(&err)
	now, err := s.DB.Now(ctx)
	if err != nil {
		return err
	}
	away, err := outbox.Away(ctx, s.DB.Read(), user, now)
	if err != nil || !away {
		return err
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		return outbox.Here(ctx, tx, user, now)
	})
	if err == nil && s.Notify != nil {
		s.Notify()
	}
	return err
}
