package moneysocketdoor

import (
	"context"
	"log/slog"
	"time"
)

// reminder is how often the log hears of a desk that stays silent.
const reminder = time.Hour

// silence is what the log has heard of a desk that does not answer.
type silence struct {
	since, said      time.Time
	answered, failed bool // in this look
}

// away notes that the desk did not answer, which is no news when we stop, nor again
// before it has answered.
func (d *Door) away(ctx context.Context, what string, err error) {
	if ctx.Err() != nil {
		return
	}
	s, now := &d.silent, time.Now()
	s.failed = true
	if s.since.IsZero() {
		s.since = now
	}
	level := slog.LevelDebug
	if s.said.IsZero() || now.Sub(s.said) >= reminder {
		s.said, level = now, slog.LevelWarn
	}
	d.o.Log.Log(ctx, level, "moneysocket: the desk does not answer", "about", what, "for", now.Sub(s.since).Round(time.Second), "err", err)
}

// looked ends a look at the desk, and the silence if it answered all that it was asked.
func (s *silence) looked(log *slog.Logger) {
	over := s.answered && !s.failed && !s.since.IsZero()
	if over {
		log.Info("moneysocket: the desk answers again", "after", time.Since(s.since).Round(time.Second))
		s.since, s.said = time.Time{}, time.Time{}
	}
	s.answered, s.failed = false, false
}
