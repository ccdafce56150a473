package component

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiter gives every user a bucket of messages.
type limiter struct {
	every rate.Limit
	burst int

	mu    sync.Mutex
	users map[string]*allowance
	sweep int // how many users make us look for those who are quiet again
}

type allowance struct {
	bucket *rate.Limiter
	warned time.Time
}

func newLimiter(perSecond float64, burst int) *limiter {
	return &limiter{every: rate.Limit(perSecond), burst: burst, users: map[string]*allowance{}, sweep: 1024}
}

// allow takes one message from user's bucket. When there is none, warn says
// once a minute that the user is to be told.
func (l *limiter) allow(user string, now time.Time) (ok, warn bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.users[user]
	if a == nil {
		l.forget(now)
		a = &allowance{bucket: rate.NewLimiter(l.every, l.burst)}
		l.users[user] = a
	}
	if a.bucket.AllowN(now, 1) {
		return true, false
	}
	if now.Sub(a.warned) < time.Minute {
		return false, false
	}
	a.warned = now
	return false, true
}

// forget drops users whose buckets are full again.
func (l *limiter) forget(now time.Time) {
	if len(l.users) < l.sweep {
		return
	}
	for user, a := range l.users {
		if a.bucket.TokensAt(now) >= float64(l.burst) && now.Sub(a.warned) >= time.Minute {
			delete(l.users, user)
		}
	}
	l.sweep = max(1024, 2*len(l.users))
}
