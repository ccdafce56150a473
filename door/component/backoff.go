package component

import (
	"math/rand/v2"
	"time"
)

// Backoff is how long the gateway waits before it connects again: First, then twice as long
// each time, up to Most. Up to a half of that is added by chance, so that a server which is
// back is met within 15 s. The server may give our place to another connection (stream error
// conflict). The first time, that may have been somebody who tried the secret. If it happens
// again soon, the gateway waits for Conflict at least.
type Backoff struct {
	First    time.Duration // 0 is 1 s
	Most     time.Duration // 0 is 10 s
	Conflict time.Duration // 0 is 2 min
	tries    int
	fights   int
}

func (b *Backoff) defaults() {
	or(&b.First, time.Second)
	or(&b.Most, 10*time.Second)
	or(&b.Conflict, 2*time.Minute)
}

// next is how long to wait now.
func (b *Backoff) next(conflict bool) time.Duration {
	d := b.Most
	if b.tries < 30 && b.First<<b.tries < b.Most {
		d = b.First << b.tries
	}
	b.tries++
	if conflict {
		if b.fights++; b.fights > 1 {
			d = max(d, b.Conflict)
		} else {
			d = max(d, min(5*b.First, b.Conflict))
		}
	}
	return d + rand.N(d/2+1)
}

// lived forgets failures after a connection that lasted for so long: all of them
// after a good one. Who answered for a few seconds is there, but it may be that
// somebody else takes our place each time.
func (b *Backoff) lived(long time.Duration) {
	if long > 5*b.First {
		b.tries = 0
	}
	if long > max(b.Most, b.Conflict/2) {
		b.fights = 0
	}
}
