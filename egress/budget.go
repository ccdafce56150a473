package egress

import (
	"errors"
	"sync"

	"github.com/bitcoim/bitcoim/address"
)

// ErrBusy is said at once where too many wait for the same host, for the hosts of
// the same owner, or for all hosts together. Nothing was sent.
var ErrBusy = errors.New("egress: too many wait already")

// How many requests may be under way: a host that answers slowly keeps its own
// waiting, and not those of others. Whoever owns a domain has as many hosts as they
// like. Of the askers (For) of one owner no more are under way than there is room left
// for others, and some room is kept for those of whom nothing is.
const (
	mostOfHost  = 4
	mostOfOwner = 8
	mostOfAll   = 64
	keptForNew  = mostOfAll / 8
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
	owner := address.Owner(host)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all >= mostOfAll || b.host[host] >= mostOfHost || b.owner[owner] >= mostOfOwner {
		return false
	}
	whose := address.Owner(asker)
	left := mostOfAll - b.all
	if n := b.asker[whose]; whose != "" && (n >= left || n > 0 && left <= keptForNew) {
		return false
	}
	if b.host == nil {
		b.host, b.owner, b.asker = map[string]int{}, map[string]int{}, map[string]int{}
	}
	b.all++
	b.host[host]++
	b.owner[owner]++
	if whose != "" {
		b.asker[whose]++
	}
	return true
}

func (b *budget) give(host, asker string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all--
	less(b.host, host)
	less(b.owner, address.Owner(host))
	if whose := address.Owner(asker); whose != "" {
		less(b.asker, whose)
	}
}

func less(count map[string]int, key string) {
	if count[key]--; count[key] == 0 {
		delete(count, key)
	}
}
