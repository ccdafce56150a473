// Package throttle counts how often somebody does something within a while, and lets
// those who did it too often wait for their turn.
package throttle

import (
	"context"
	"fmt"
	"hash/maphash"
	"sync"
	"time"
)

// Pause is between the turns of a key that did something too often.
const Pause = time.Second

// mostKeys is how many keys have a place of their own. Those that come after them are
// counted all the same: some of them together, and nobody can choose with whom; or in
// the place of another (Window.Forgets).
const (
	mostKeys = 1 << 16
	shared   = 1 << 12
)

// Window counts for each key what is done within a while, and forgets all at its end.
// Set its fields before its first use.
type Window struct {
	Most   int           // that a key may do
	Per    time.Duration // the while
	Pauses int           // for which at most a key waits
	// Forgets gives who comes when it is full the place of another, which is then as if
	// it had done nothing: for what must send nobody away who did nothing.
	Forgets bool
	// Whose names the owner of a key. When the window is full, the owner with most keys
	// loses one. nil: anybody does.
	Whose func(key string) string
	Clock func() time.Time // nil: time.Now

	mu     sync.Mutex
	since  time.Time
	seed   maphash.Seed
	places map[string]*place
	has    map[string]int // how many places each has
}

// place is what is known of a key.
type place struct {
	key  string
	done int
	next time.Time // when it is the turn of the next
}

// at is the place of key, and the time; who has none gets one if something is to be
// written there. mu is held.
func (w *Window) at(key string, write bool) (*place, time.Time) {
	now := time.Now
	if w.Clock != nil {
		now = w.Clock
	}
	t := now()
	if w.places == nil || t.Sub(w.since) > w.Per {
		w.since, w.seed = t, maphash.MakeSeed()
		w.places, w.has = map[string]*place{}, map[string]int{}
	}
	p := w.places[key]
	switch full := p == nil && len(w.places) >= mostKeys; {
	case full && w.Forgets && write:
		w.forget()
	case full && !w.Forgets:
		key = fmt.Sprint("\x00", maphash.String(w.seed, key)%shared)
		p = w.places[key]
	}
	if p == nil {
		p = &place{key: key}
		if write {
			w.add(p)
		}
	}
	return p, t
}

// Full reports whether key has done all that it may.
func (w *Window) Full(key string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, _ := w.at(key, false)
	return p.done >= w.Most
}

// Add counts one more of key.
func (w *Window) Add(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, _ := w.at(key, true)
	p.done++
}

// Try counts what key begins to do, so that what it does at the same time is counted,
// too. long is how long it waits for its turn, not at all unless key was Full before;
// false if that would be for more than so many Pauses. Then it has no turn, and is not
// counted. back says that it shall not count.
func (w *Window) Try(key string) (long time.Duration, back func(), ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, now := w.at(key, true)
	if p.done >= w.Most {
		if long = max(p.next.Sub(now), 0); long > w.Longest() {
			return 0, nil, false
		}
		p.next = now.Add(long + Pause)
	}
	return long, w.count(p), true
}

// Take counts what key begins to do, unless it is Full. back says that it shall not
// count.
func (w *Window) Take(key string) (back func(), ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, _ := w.at(key, true)
	if p.done >= w.Most {
		return nil, false
	}
	return w.count(p), true
}

// count counts one more of a place, until it is taken back: there, and not in the
// while that has come since. mu is held.
func (w *Window) count(p *place) (back func()) {
	p.done++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if p.done--; p.done == 0 && w.places[p.key] == p {
			w.remove(p.key) // who does nothing wrong needs no place
		}
	}
}

// Longest is for how long a key waits at most.
func (w *Window) Longest() time.Duration { return time.Duration(w.Pauses) * Pause }

// Sleep waits for that long, or until ctx ends.
func Sleep(ctx context.Context, long time.Duration) error {
	if long <= 0 {
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
