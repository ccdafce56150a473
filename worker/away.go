package worker

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/db"
)

// Away is an Outage that several loops tell of together: the first that notices it says
// so, and the first that works again.
type Away struct {
	Answers func(ctx context.Context) error // asks the database whether it is there

	mu  sync.Mutex
	out Outage
}

// patience is how long Answers may take.
const patience = 5 * time.Second

// gone reports whether a step failed because the database is away. A node that can not be
// reached makes the same error, so the database is asked.
func (a *Away) gone(err error) bool {
	if a == nil || !db.IsAway(err) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return a.Answers(ctx) != nil
}

func (a *Away) tell(log *slog.Logger, now time.Time, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.out.Tell(log, now, slog.LevelError, "the database does not answer, and nothing moves until it does", err)
}

func (a *Away) over(log *slog.Logger, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if told, lasted := a.out.Over(now); told {
		log.Info("the database answers again", "after", lasted)
	}
}
