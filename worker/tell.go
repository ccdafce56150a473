package worker

import (
	"context"
	"log/slog"
	"sync/atomic"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/outbox"
)

// Teller says a notice to its user; an error means that it has to be said again.
type Teller interface {
	Tell(ctx context.Context, n outbox.Notice) error
}

// Tell takes notices to the door. When they are due is by the clock of the
// database, as the notices have it.
type Tell struct {
	DB     *db.DB
	Teller Teller
	Log    *slog.Logger

	last atomic.Pointer[string] // whose notice was told last
}

// Step tells one notice: at least once, with an id that shows a repeat.
func (t *Tell) Step(ctx context.Context) (bool, error) {
	now, err := t.DB.Now(ctx)
	if err != nil {
		return false, err
	}
	if due, err := outbox.Due(ctx, t.DB.Read(), now); err != nil || !due {
		return false, err
	}
	var n *outbox.Notice
	var tries int
	last := ""
	if l := t.last.Load(); l != nil {
		last = *l
	}
	err = t.DB.Tx(ctx, func(tx *db.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		n, tries, err = outbox.ClaimNext(ctx, tx, last, now, 30)
		return err
	})
	if err != nil || n == nil {
		return false, err
	}
	t.last.Store(&n.User)
	said := t.Teller.Tell(ctx, *n)
	ctx = context.WithoutCancel(ctx)
	err = t.DB.Tx(ctx, func(tx *db.Tx) error {
		now, err := tx.Now(ctx)
		switch {
		case err != nil:
			return err
		case said != nil:
			return outbox.Later(ctx, tx, n.ID, now+int64(min(tries, 10)))
		}
		return outbox.Told(ctx, tx, n.ID, now)
	})
	if err != nil {
		return false, err
	}
	return said == nil, said
}
