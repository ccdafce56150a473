package door

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/doorstep"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/internal/tally"
)

const (
	mostWrong    = 30               // wrong passwords in a while that cost no time
	wrongLasts   = 10 * time.Minute // the while
	mostPauses   = 16               // that one waits for, less than a login may take
	mostMistyped = 3                // wrong passwords for one user that a place is forgiven
	mistypeLasts = 24 * time.Hour   // until they are forgotten
	mostKnown    = 1 << 16          // users whose places are remembered
	mostPlaces   = 16               // of one user
)

// pace slows down who guesses passwords, and keeps nobody out: a right one is
// let in however many were wrong. Wrong ones count for the household that they
// come from, and for the user whom they are for. Where a user came in before, the
// guesses of others elsewhere cost them nothing. Elsewhere they cost them a wait: from
// a place that guessed little at this user's password nobody is sent away, however
// many others try. So that many places guess little more than one, a place has few
// such tries a day.
type pace struct {
	from, user, mistyped tally.Window

	mu    sync.Mutex
	known map[string][]string // users, and where they came in from last
}

func newPace(clock func() time.Time) *pace {
	wrong := func(most int, per time.Duration) tally.Window {
		return tally.Window{Most: most, Per: per, Pauses: mostPauses, Clock: clock}
	}
	return &pace{
		from: wrong(mostWrong, wrongLasts), user: wrong(mostWrong, wrongLasts),
		mistyped: wrong(mostMistyped, mistypeLasts),
	}
}

// source is where a login comes from, "" if that says nothing: this machine, or
// a pipe. A proxy stands for everybody behind it.
func source(remote string) string {
	ip, err := netip.ParseAddr(remote)
	if err != nil || ip.IsLoopback() {
		return ""
	}
	return doorstep.Household(ip).String()
}

// place is a source, as far as it is one person's: of IPv6, a site.
func place(from string) string {
	if p, err := netip.ParsePrefix(from); err == nil {
		if site := siteOf(p.Addr()); site != "" {
			return site
		}
	}
	return from
}

// wait is how long a try waits for its turn; false if too many wait before it.
func (p *pace) wait(name, from string) (long time.Duration, ok bool) {
	if from != "" {
		if long, ok = p.from.Wait(from); !ok {
			return 0, false
		}
	}
	if p.knows(name, from) {
		return long, true
	}
	turn, ok := p.user.Wait(name)
	if !ok {
		if from == "" || p.mistyped.Full(name+" "+place(from)) {
			return 0, false
		}
		turn = p.user.Longest()
	}
	return max(long, turn), true
}

// is notes what came of a try.
func (p *pace) is(name, from string, right bool) {
	switch {
	case right:
		if from != "" {
			p.knowsNow(name, from)
		}
		return
	case !p.knows(name, from):
		p.user.Add(name)
	}
	if from != "" {
		p.from.Add(from)
		p.mistyped.Add(name + " " + place(from))
	}
}

// knows reports whether a user came in from there.
func (p *pace) knows(name, from string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.known[name], from)
}

// knowsNow remembers that a user came in from there. Of too many places the oldest
// is forgotten, of too many users any.
func (p *pace) knowsNow(name, from string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	all, known := p.known[name]
	if slices.Contains(all, from) {
		return
	}
	if p.known == nil {
		p.known = map[string][]string{}
	}
	if !known && len(p.known) >= mostKnown {
		for one := range p.known {
			delete(p.known, one)
			break
		}
	}
	if len(all) >= mostPlaces {
		all = all[1:]
	}
	p.known[name] = append(all, from)
}

// slow waits for the turn of a login with a password.
func (p *pace) slow(ctx context.Context, name, from string) error {
	long, ok := p.wait(name, from)
	if !ok {
		return lime.Errorf(lime.RequestLimit, "too many try to log in as %s: try again in a minute", name)
	}
	return tally.Sleep(ctx, long)
}
