package limedoor

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/httpserve"
	"github.com/bitcoim/bitcoim/internal/throttle"
	"github.com/bitcoim/bitcoim/lime"
)

const (
	mostWrong    = 30               // wrong passwords for one user in a while that cost no time
	wrongLasts   = 10 * time.Minute // the while
	mostPauses   = 16               // that one waits for, less than a login may take
	mostMistyped = 3                // wrong passwords for one user that a place is forgiven
	mistypeLasts = 24 * time.Hour   // until they are forgotten
	mostKnown    = 1 << 16          // users whose places are remembered
	mostPlaces   = 16               // of one user
)

// pace slows down who guesses a user's password, and keeps nobody out: a right one is
// let in however many were wrong. Where a user came in before, the guesses of others
// elsewhere cost them nothing. Elsewhere they cost them a wait: from a place that
// guessed little at this user's password nobody is sent away, however many others try.
// So that many places guess little more than one, a place has few such tries a day.
// What comes from one network, at whichever users it guesses, the server slows down
// (lime.Limits.Failures).
//
// Names that nobody has are counted with those of users, and pace is not told which they
// are, so that nobody finds it out by the waits. There is no end of made-up names: what
// was counted of some is forgotten for them.
type pace struct {
	user     throttle.Window // wrong passwords, by name
	mistyped throttle.Window // and by name and place

	mu    sync.Mutex
	known map[string][]string // users, and where they came in from last
}

func newPace(clock func() time.Time) *pace {
	return &pace{
		user:     throttle.Window{Most: mostWrong, Per: wrongLasts, Pauses: mostPauses, Clock: clock, Forgets: true},
		mistyped: throttle.Window{Most: mostMistyped, Per: mistypeLasts, Clock: clock, Forgets: true, Whose: placeOf},
	}
}

// source is where a login comes from, "" if that says nothing: this machine, or
// a pipe. A proxy stands for everybody behind it.
func source(remote string) string {
	ip, err := netip.ParseAddr(remote)
	if err != nil || ip.IsLoopback() {
		return ""
	}
	return httpserve.ClientPrefix(ip).String()
}

// place is a source, as far as it is one person's: of IPv6, a site.
func place(from string) string {
	if p, err := netip.ParsePrefix(from); err == nil {
		if site, ok := httpserve.Site(p.Addr()); ok {
			return site.String()
		}
	}
	return from
}

// atPlace is the key of a name at a place, and placeOf that place.
func atPlace(name, place string) string { return name + " " + place }

func placeOf(key string) string {
	_, place, _ := strings.Cut(key, " ")
	return place
}

// try is a login with a password: as whom, and where it comes from.
type try struct{ name, from string }

// check has a password looked at when it is the turn of the try.
func (p *pace) check(ctx context.Context, t try, look func() (right bool, err error)) (right bool, err error) {
	long, back, ok := p.wait(t)
	if !ok {
		return false, lime.Errorf(lime.RequestLimit, "too many try to log in as %s: try again in a minute", t.name)
	}
	wrong := false
	defer func() {
		if !wrong {
			back()
		}
	}()
	if err := throttle.Sleep(ctx, long); err != nil {
		return false, err
	}
	if right, err = look(); err != nil {
		return false, err
	}
	if wrong = !right; right && t.from != "" {
		p.knowsNow(t.name, t.from)
	}
	return right, nil
}

// wait is how long a try waits for its turn; false if too many wait before it. It
// counts as a wrong one from now on, because who tries often at once tries often; back
// says that it was none.
func (p *pace) wait(t try) (long time.Duration, back func(), ok bool) {
	mistyped, few := func() {}, false
	if t.from != "" {
		if undo, ok := p.mistyped.Take(atPlace(t.name, place(t.from))); ok {
			mistyped, few = undo, true
		}
	}
	if p.knows(t.name, t.from) {
		return 0, mistyped, true
	}
	long, user, ok := p.user.Try(t.name)
	switch {
	case ok:
		return long, func() { mistyped(); user() }, true
	case few:
		return p.user.Longest(), mistyped, true
	}
	return 0, nil, false
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
