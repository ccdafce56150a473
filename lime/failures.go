package lime

import (
	"context"
	"sync"
	"time"
)

const (
	failurePause  = time.Second // between the tries of a network that failed too often
	failurePauses = 8           // that one waits for, less than Limits.Establish
	failureNames  = 1 << 16     // networks that are remembered
)

// failures slows down who guesses, by network, and keeps nobody out: behind one
// address there may be many, and a right secret is let in when its turn comes.
// What it counts is forgotten after a minute.
type failures struct {
	most  int // in a minute that cost no time
	clock func() time.Time

	mu    sync.Mutex
	since time.Time
	count map[string]int
	turn  map[string]time.Time // when the next may try
}

// wait is how long a try waits for its turn; false if too many wait before it.
func (f *failures) wait(remote string) (time.Duration, bool) {
	from := network(remote)
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.clock()
	if f.count == nil || now.Sub(f.since) > time.Minute {
		f.since, f.count, f.turn = now, map[string]int{}, map[string]time.Time{}
	}
	if f.count[from] < f.most {
		return 0, true
	}
	long := max(f.turn[from].Sub(now), 0)
	if long > failurePauses*failurePause {
		return 0, false
	}
	f.turn[from] = now.Add(long + failurePause)
	return long, true
}

// slow waits for the turn of a try.
func (f *failures) slow(ctx context.Context, remote string) error {
	long, ok := f.wait(remote)
	if !ok {
		return Errorf(RequestLimit, "too many try to log in from where you are: try again in a minute")
	}
	if long == 0 {
		return nil
	}
	t := time.NewTimer(long)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// add counts one that failed. This machine, behind which may be a proxy, and what
// has no address count for nobody.
func (f *failures) add(remote string) {
	from := network(remote)
	if from == "" {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, known := f.count[from]; known || f.count != nil && len(f.count) < failureNames {
		f.count[from]++
	}
}
