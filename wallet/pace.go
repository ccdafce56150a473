package wallet

import (
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bitcoim/bitcoim/fault"
)

// Pace is how fast everybody may ask, counted by the key of the user
// (address.Bare) at all doors together, before the database is asked for
// anything. A nil Pace lets everybody ask as they like.
type Pace struct {
	every rate.Limit
	burst int
	all   *rate.Limiter

	mu    sync.Mutex
	users map[string]*allowance
	sweep int // how many users make us look for those who are quiet again
}

// allowance is what one user may ask. What only looks is cheap and comes in
// bursts, because clients look at each contact when they log in. Contacts wait
// for their turn, and must not hold up what is said. Neither must signs of life.
type allowance struct {
	asks, looks, probes, contacts, signs *rate.Limiter
	warned                               time.Time
}

const (
	looksPerAsk = 20    // things to look at for each thing to ask
	rosterPages = 10    // of looks, that a server asks at once for each contact of who logs in
	allPerUser  = 1000  // requests of everybody together, for each of one user
	leastOfAll  = 50000 // a second, however little one user may ask: more than any database answers
)

// NewPace lets a user ask burst things at once, and then so many per second.
func NewPace(perSecond rate.Limit, burst int) *Pace {
	all := max(leastOfAll, perSecond*allPerUser)
	return &Pace{every: perSecond, burst: burst, all: rate.NewLimiter(all, int(all)),
		users: map[string]*allowance{}, sweep: 1024}
}

// ErrTooFast is the fault of who asks faster than Pace lets them.
var ErrTooFast = fault.New(fault.Unavailable, "chat.too-fast", nil)

// Verdict is what Pace says to somebody who asks.
type Verdict int

const (
	Refused Verdict = iota // too much, and they were told within the last minute
	Granted
	TooFast // they ask too fast, and are to be told
	TooMany // everybody together asks too fast, and they are to be told
)

// Take takes one thing to ask from user. Whoever is refused is told once a minute.
func (p *Pace) Take(user string, now time.Time) Verdict {
	if p == nil {
		return Granted
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	a, why := p.of(user, now), TooFast
	if a.asks.AllowN(now, 1) {
		if p.all.AllowN(now, 1) {
			return Granted
		}
		why = TooMany
	}
	if now.Sub(a.warned) < time.Minute {
		return Refused
	}
	a.warned = now
	return why
}

// Look takes one thing to look at from user: what changes nothing and is not said
// by a person.
func (p *Pace) Look(user string, now time.Time) bool {
	if p == nil {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.of(user, now).looks.AllowN(now, 1) && p.all.AllowN(now, 1)
}

// Probe takes one question of user's server how a contact appears. It asks one for each
// contact when user logs in, on top of what the client looks at.
func (p *Pace) Probe(user string, now time.Time) bool {
	if p == nil {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.of(user, now).probes.AllowN(now, 1) && p.all.AllowN(now, 1)
}

// Sign takes one sign of life from user: that they are there.
func (p *Pace) Sign(user string, now time.Time) bool {
	if p == nil {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.of(user, now).signs.AllowN(now, 1) && p.all.AllowN(now, 1)
}

// Contact says how long to wait with the next contact that user adds or leaves;
// ok is false if that is longer than anybody waits.
func (p *Pace) Contact(user string, now time.Time) (wait time.Duration, ok bool) {
	if p == nil {
		return 0, true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.of(user, now).contacts.ReserveN(now, 1)
	if wait = r.DelayFrom(now); !r.OK() || wait > longestWait {
		r.CancelAt(now)
		return 0, false
	}
	return wait, true
}

// longestWait is how long a contact may have to wait for its turn. A server asks
// again at the next login.
const longestWait = 10 * time.Minute

// TurnAway says once a minute that a user is to be told that they are not
// served, and of all users of their server only as many as one user may write:
// their server may be there for nothing else.
func (p *Pace) TurnAway(user string, now time.Time) bool {
	if p == nil {
		return true
	}
	_, domain, _ := strings.Cut(user, "@")
	p.mu.Lock()
	a := p.users[user] // it has been here for the message
	told := a != nil && now.Sub(a.warned) < time.Minute
	if a != nil && !told {
		a.warned = now
	}
	p.mu.Unlock()
	if told {
		return false
	}
	return p.Take("@"+domain, now) == Granted
}

// of is what user may ask. mu is held.
func (p *Pace) of(user string, now time.Time) *allowance {
	a := p.users[user]
	if a == nil {
		p.forget(now)
		a = &allowance{
			asks: rate.NewLimiter(p.every, p.burst), contacts: rate.NewLimiter(p.every, p.burst), signs: rate.NewLimiter(p.every, p.burst),
			looks:  rate.NewLimiter(looksPerAsk*p.every, looksPerAsk*p.burst),
			probes: rate.NewLimiter(looksPerAsk*p.every, rosterPages*looksPerAsk*p.burst),
		}
		p.users[user] = a
	}
	return a
}

// forget drops users whose buckets are full again.
func (p *Pace) forget(now time.Time) {
	if len(p.users) < p.sweep {
		return
	}
	for user, a := range p.users {
		if a.full(now) && now.Sub(a.warned) >= time.Minute {
			delete(p.users, user)
		}
	}
	p.sweep = max(1024, 2*len(p.users))
}

func (a *allowance) full(now time.Time) bool {
	for _, l := range []*rate.Limiter{a.asks, a.looks, a.probes, a.contacts, a.signs} {
		if int(l.TokensAt(now)) < l.Burst() {
			return false
		}
	}
	return true
}
