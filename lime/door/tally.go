package door

import (
	"sync"
	"time"
)

const (
	mostOpened = 10 // accounts that one network opens in an hour
	mostWrong  = 30 // wrong passwords of one user in ten minutes
)

// tally counts what somebody does within a while.
type tally struct {
	most int
	per  time.Duration

	mu    sync.Mutex
	since time.Time
	count map[string]int
}

// may reports whether key may do it once more.
func (t *tally) may(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.since) > t.per {
		t.since, t.count = time.Now(), map[string]int{}
	}
	return t.count[key] < t.most
}

// add counts one. Of more than so many keys none is new: they are forgotten soon.
func (t *tally) add(key string) {
	const keys = 1 << 16
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.count[key]; known || len(t.count) < keys && t.count != nil {
		t.count[key]++
	}
}
