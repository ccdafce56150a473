package egress

import (
	"errors"
	"net/netip"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"
)

// ErrBusy is said at once where too many wait for the same host, for the hosts of
// the same owner, or for all hosts together. Nothing was sent.
var ErrBusy = errors.New("egress: too many wait already")

// How many requests may be under way: a host that answers slowly keeps its own
// waiting, and not those of others. Whoever owns a domain has as many hosts as they
// like. Of one asker (For) no more are under way than there is room left for others.
const (
	mostOfHost  = 4
	mostOfOwner = 8
	mostOfAll   = 64
)

// budget counts the requests under way.
type budget struct {
	mu                 sync.Mutex
	all                int
	host, owner, asker map[string]int
}

// take reports whether one more may go to host for an asker, "" for us. Each that may
// must be given back.
func (b *budget) take(host, asker string) bool {
	owner := ownerOf(host)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all >= mostOfAll || b.host[host] >= mostOfHost || b.owner[owner] >= mostOfOwner {
		return false
	}
	if asker != "" && b.asker[asker] >= mostOfAll-b.all {
		return false
	}
	if b.host == nil {
		b.host, b.owner, b.asker = map[string]int{}, map[string]int{}, map[string]int{}
	}
	b.all++
	b.host[host]++
	b.owner[owner]++
	if asker != "" {
		b.asker[asker]++
	}
	return true
}

func (b *budget) give(host, asker string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all--
	less(b.host, host)
	less(b.owner, ownerOf(host))
	if asker != "" {
		less(b.asker, asker)
	}
}

func less(count map[string]int, key string) {
	if count[key]--; count[key] == 0 {
		delete(count, key)
	}
}

// ownerOf is what somebody has all of: the domain that was registered, the one below
// which a service gives names to everybody, or the site of an IPv6 address (RFC 6177).
func ownerOf(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Is6() {
			site, _ := ip.WithZone("").Prefix(48)
			return site.String()
		}
		return host
	}
	host = strings.TrimSuffix(host, ".")
	suffix, icann := publicsuffix.PublicSuffix(host)
	if !icann && strings.Contains(suffix, ".") {
		return suffix // duckdns.org: names there cost nothing
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}
