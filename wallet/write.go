package wallet

import (
	"context"
	"errors"
	"time"

	"github.com/bitcoim/bitcoim/db"
)

// patience is how long a write may take; the client going away does not
// undo half of it. A Service may have less.
const patience = 30 * time.Second

// within bounds a write that goes on when the client has gone away.
func (s *Service) within(ctx context.Context) (context.Context, context.CancelFunc) {
	wait := patience
	if s.Patience > 0 {
		wait = s.Patience
	}
	return context.WithTimeout(context.WithoutCancel(ctx), wait)
}

// Write runs fn in one transaction, also if who asked has gone meanwhile. If the
// answer to its COMMIT is lost nothing is known; who asks again, by the same key,
// finds out.
func (s *Service) Write(ctx context.Context, fn func(ctx context.Context, tx *db.Tx) error) error {
	ctx, cancel := s.within(ctx)
	defer cancel()
	err := s.act(ctx, func(tx *db.Tx) error { return fn(ctx, tx) })
	if errors.Is(err, db.ErrUnknown) {
		return ErrOutcomeUnknown.Because(err)
	}
	if err == nil {
		s.committed()
	}
	return err
}

// act runs fn in one transaction, and again if somebody else wrote the same name,
// user or key just now.
func (s *Service) act(ctx context.Context, fn func(tx *db.Tx) error) error {
	err := s.DB.Tx(ctx, fn)
	for try := 1; try < 3 && db.IsUnique(err); try++ {
		err = s.DB.Tx(ctx, fn)
	}
	return err
}
