package limedoor

import (
	"net/netip"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/httpserve"
	"github.com/bitcoim/bitcoim/internal/throttle"
)

const (
	mostOpened     = 10 // accounts that one household opens in an hour
	mostOpenedSite = 40 // and one site, of many households
)

// openings counts the accounts that a network opens, by household and by site.
type openings struct {
	mu              sync.Mutex
	household, site throttle.Window
}

func newOpenings() *openings {
	return &openings{
		household: throttle.Window{Most: mostOpened, Per: time.Hour},
		site:      throttle.Window{Most: mostOpenedSite, Per: time.Hour},
	}
}

// take counts one more account that an address opens, unless there were too many. What
// is not opened is not counted: a site has more households than can be remembered.
func (o *openings) take(remote string) bool {
	ip, _ := netip.ParseAddr(remote) // without an address, all are one
	household := httpserve.ClientPrefix(ip).String()
	prefix, large := httpserve.Site(ip)
	site := prefix.String()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.household.Full(household) || large && o.site.Full(site) {
		return false
	}
	o.household.Add(household)
	if large {
		o.site.Add(site)
	}
	return true
}
