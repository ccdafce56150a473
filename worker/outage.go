package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/outbox"
)

// Patience is how long a node may say that it is not ready yet before somebody
// should look: it says so for seconds at each block, and after a start.
const Patience = 2 * time.Minute

// Reminder is how often an operator reads of an outage that lasts. The first line
// of a long one may have scrolled out of sight.
const Reminder = time.Hour

// Outage is how a log tells of something that fails again and again: when it begins,
// when it gets worse, each Reminder while it lasts, and when it is over. The zero
// value is none.
type Outage struct {
	since, said time.Time
	level       slog.Level // of what was said
}

// Tell says that it failed again, with how long it has, and is no louder than most.
func (o *Outage) Tell(log *slog.Logger, now time.Time, most slog.Level, what string, err error) {
	if o.since.IsZero() {
		o.since = now
	}
	lasts := now.Sub(o.since)
	level := min(grave(err, lasts), most)
	switch {
	case level == slog.LevelDebug, !o.said.IsZero() && level <= o.level && now.Sub(o.said) < Reminder:
		log.Debug(what, "err", err)
		return
	case lasts >= time.Second:
		log = log.With("for", lasts.Round(time.Second))
	}
	o.said, o.level = now, level
	log.Log(context.Background(), level, what, "err", err)
}

// Over ends it, and reports whether it was told of, and how long it lasted.
func (o *Outage) Over(now time.Time) (told bool, lasted time.Duration) {
	if told = !o.said.IsZero(); told {
		lasted = now.Sub(o.since).Round(time.Second)
	}
	*o = Outage{}
	return told, lasted
}

// grave is how bad an error is that has lasted for so long: slog.LevelDebug is nothing
// to be told.
func grave(err error, lasts time.Duration) slog.Level {
	warming := errors.Is(err, chain.ErrWarmingUp) || errors.Is(err, lightning.ErrWarmingUp)
	switch {
	case errors.Is(err, outbox.ErrAway): // the door has said so, and comes back
		return slog.LevelInfo
	case warming && lasts < Patience:
		return slog.LevelDebug
	case warming:
		return slog.LevelWarn
	}
	return slog.LevelError
}
