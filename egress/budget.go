package egress

import (
	"errors"
	"sync"
)

// ErrBusy is said at once where too many wait for the same host, or for all
// hosts together. Nothing was sent.
var ErrBusy = errors.New("egress: too many wait already")

// How many requests may be under way: a host that answers slowly keeps its own
// waiting, and not those of others.
const (
	mostOfHost = 4
	mostOfAll  = 64
)

// budget counts the requests under way.
type budget struct {
	mu   sync.Mutex
	all  int
	host map[string]int
}

// take reports whether one more may go to host. Each that may must be given back.
func (b *budget) take(host string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all >= mostOfAll || b.host[host] >= mostOfHost {
		return false
	}
	if b.host == nil {
		b.host = map[string]int{}
	}
	b.all++
	b.host[host]++
	return true
}

func (b *budget) give(host string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all--
	if b.host[host]--; b.host[host] == 0 {
		delete(b.host, host)
	}
}
