package worker

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/outbox"
)

// Teller says a notice to its user; an error means that it has to be said again.
type Teller interface {
	Tell(ctx context.Context, n outbox.Notice) error
}

// Tell takes notices to the door.
type Tell struct {
	DB     *db.DB
	Teller Teller
	Clock  func() time.Time
	Log    *slog.Logger

	last atomic.Pointer[string] // whose notice was told last
}

// Step tells one notice: at least once, with an id that shows a repeat.
func (t *Tell) Step(ctx context.Context) (bool, error) {
	if due, err := outbox.Due(ctx, t.DB.Read(), t.Clock().Unix()); err != nil || !due {
		return false, err
	}
	var n *outbox.Notice
	var tries int
	last := ""
	if l := t.last.Load(); l != nil {
		last = *l
	}
	err := t.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		n, tries, err = outbox.ClaimNext(ctx, tx, last, t.Clock().Unix(), 30)
		return err
	})
	if err != nil || n == nil {
		return false, err
	}
	t.last.Store(&n.User)
	said := t.Teller.Tell(ctx, *n)
	ctx = context.WithoutCancel(ctx)
	err = t.DB.Tx(ctx, func(tx *db.Tx) error {
		if said != nil {
			return outbox.Later(ctx, tx, n.ID, t.Clock().Unix()+int64(min(tries, 10)))
		}
		return outbox.Told(ctx, tx, n.ID, t.Clock().Unix())
	})
	if err != nil {
		return false, err
	}
	return said == nil, said
}
