package door

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/doorstep"
	"github.com/bitcoim/bitcoim/lime"
)

const (
	mostWrong  = 30               // wrong passwords in a while that cost no time
	wrongLasts = 10 * time.Minute // the while
	pause      = time.Second      // between the tries after those
	mostPauses = 16               // that one waits for, less than a login may take
	mostKnown  = 1 << 16          // keys of each kind that are remembered
)

// pace slows down who guesses passwords, and keeps nobody out: a right one is
// let in however many were wrong. Wrong ones count for the household that they
// come from, and for the user whom they are for. Where a user came in before, the
// guesses of others elsewhere cost them nothing.
type pace struct {
	clock func() time.Time

	mu    sync.Mutex
	since time.Time
	wrong map[string]int
	turn  map[string]time.Time // when the next may try
	known map[string]bool      // users, and where they came in from
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

// keys are what a try counts for.
func (p *pace) keys(name, from string) (all []string) {
	if from != "" {
		all = append(all, "from "+from)
	}
	if !p.known[name+" "+from] {
		all = append(all, "user "+name)
	}
	return all
}

// wait is how long a try waits for its turn; false if too many wait before it.
func (p *pace) wait(name, from string) (time.Duration, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock()
	if p.wrong == nil || now.Sub(p.since) > wrongLasts {
		p.since, p.wrong, p.turn = now, map[string]int{}, map[string]time.Time{}
	}
	at, slow := now, []string(nil)
	for _, key := range p.keys(name, from) {
		if p.wrong[key] < mostWrong {
			continue
		}
		slow = append(slow, key)
		if p.turn[key].After(at) {
			at = p.turn[key]
		}
	}
	if at.Sub(now) > mostPauses*pause {
		return 0, false
	}
	for _, key := range slow {
		p.turn[key] = at.Add(pause)
	}
	return at.Sub(now), true
}

// is notes what came of a try.
func (p *pace) is(name, from string, right bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if right {
		if from != "" && len(p.known) < mostKnown {
			if p.known == nil {
				p.known = map[string]bool{}
			}
			p.known[name+" "+from] = true
		}
		return
	}
	for _, key := range p.keys(name, from) {
		if _, counted := p.wrong[key]; counted || len(p.wrong) < mostKnown {
			p.wrong[key]++
		}
	}
}

// slow waits for the turn of a login with a password.
func (p *pace) slow(ctx context.Context, name, from string) error {
	long, ok := p.wait(name, from)
	if !ok {
		return lime.Errorf(lime.RequestLimit, "too many try to log in as %s: try again in a minute", name)
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
