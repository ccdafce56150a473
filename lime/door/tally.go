package door

import (
	"net/netip"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/doorstep"
)

const (
	mostOpened     = 10 // accounts that one household opens in an hour
	mostOpenedSite = 40 // and one site, of many households
)

// tally counts what somebody does within a while.
type tally struct {
	most int
	per  time.Duration

	mu    sync.Mutex
	since time.Time
	count map[string]int
}

// take counts one more of key, unless there were too many.
func (t *tally) take(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.since) > t.per {
		t.since, t.count = time.Now(), map[string]int{}
	}
	if t.count[key] >= t.most {
		return false
	}
	// Of more than so many keys none is new: they are forgotten soon.
	const keys = 1 << 16
	if _, known := t.count[key]; known || len(t.count) < keys {
		t.count[key]++
	}
	return true
}

// openings counts the accounts that a network opens. Whoever has IPv6 has at
// least the 64 bits of a household, and often the 48 bits of a site (RFC 6177).
type openings struct{ household, site tally }

func newOpenings() *openings {
	return &openings{household: tally{most: mostOpened, per: time.Hour}, site: tally{most: mostOpenedSite, per: time.Hour}}
}

// take counts one more account that an address opens, unless there were too
// many.
func (o *openings) take(remote string) bool {
	ip, _ := netip.ParseAddr(remote) // without an address, all are one
	if !o.household.take(doorstep.Household(ip).String()) {
		return false
	}
	if ip = ip.Unmap().WithZone(""); !ip.Is6() {
		return true
	}
	site, _ := ip.Prefix(48)
	return o.site.take(site.String())
}
