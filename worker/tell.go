package worker

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/failpoint"
	"github.com/bitcoim/bitcoim/outbox"
)

// Tell takes notices to the door, many at once: what it writes about them costs as much
// for one as for all of them, and under load there are as many to tell as to write. When
// they are due is by the clock of the database, as the notices have it.
type Tell struct {
	DB     *db.DB
	Teller Teller
	Log    *slog.Logger
	Most   int           // notices at once; 0 is 64
	Time   time.Duration // for the door to take them; 0 is tellTime

	last atomic.Pointer[string] // who was told last
}

const (
	// tellLease is for how many seconds others are kept off what is told. After a crash
	// it is told again as long after.
	tellLease = 30
	// tellTime is how long the door has for a batch: what it did not take by then goes
	// back while others are still kept off it.
	tellTime = 20 * time.Second
	// longestLater is how many seconds, at most, what was refused is left alone.
	longestLater = 10
)

// Step tells a batch of notices: each at least once, with an id that shows a repeat.
// What the door takes is written down together, and so is what it does not take. It
// fails if the door takes nothing.
func (t *Tell) Step(ctx context.Context) (bool, error) {
	now, err := t.DB.Now(ctx)
	if err != nil {
		return false, err
	}
	if due, err := outbox.Due(ctx, t.DB.Read(), now); err != nil || !due {
		return false, err
	}
	in, cancel := context.WithTimeout(ctx, cmp.Or(t.Time, tellTime))
	defer cancel()
	batch, err := t.claim(ctx)
	if err != nil || len(batch) == 0 {
		return false, err
	}
	failpoint.At("notice.claimed")
	all := t.say(in, batch)
	failpoint.At("notice.said")
	if err := t.write(context.WithoutCancel(ctx), all); err != nil {
		return false, err
	}
	switch {
	case len(all.refused) == 0:
		return len(all.told) > 0, nil
	case len(all.told) == 0:
		return false, all.refused[0].why
	}
	if first := all.refused[0]; !errors.Is(first.why, outbox.ErrAway) { // the door has said so
		t.Log.Warn("notices were not told, and are told again", "notices", len(all.refused), "first", first.ID, "user", first.User, "err", first.why)
	}
	return true, nil
}

// claim takes a batch, from the user behind the one who was told last.
func (t *Tell) claim(ctx context.Context) (batch [][]outbox.Claimed, err error) {
	last := ""
	if l := t.last.Load(); l != nil {
		last = *l
	}
	err = t.DB.Tx(ctx, func(tx *db.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		batch, err = outbox.Claim(ctx, tx, last, cmp.Or(t.Most, 64), now, tellLease)
		return err
	})
	if err == nil && len(batch) > 0 {
		t.last.Store(&batch[len(batch)-1][0].User)
	}
	return batch, err
}

// write writes down what came of a batch, in one transaction.
func (t *Tell) write(ctx context.Context, all said) error {
	return t.DB.Tx(ctx, func(tx *db.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if err := outbox.MarkDelivered(ctx, tx, now, all.told...); err != nil {
			return err
		}
		for _, r := range all.refused {
			if err := outbox.Postpone(ctx, tx, r.ID, r.Until, now+int64(min(r.Tries, longestLater))); err != nil {
				return err
			}
		}
		return outbox.Unclaim(ctx, tx, now, all.until, all.unsaid...)
	})
}
