package component

import (
	"strings"
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

// turnAway says once a minute that a user is to be told that they are not
// served, and of all users of their server only as many as one user may write:
// their server may be there for nothing else.
func (l *limiter) turnAway(user string, now time.Time) bool {
	_, domain, _ := strings.Cut(user, "@")
	l.mu.Lock()
	a := l.users[user] // it has been here for the message
	told := a != nil && now.Sub(a.warned) < time.Minute
	if a != nil && !told {
		a.warned = now
	}
	l.mu.Unlock()
	if told {
		return false
	}
	ok, _ := l.allow("@"+domain, now)
	return ok
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
