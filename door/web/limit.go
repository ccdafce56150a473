package web

import (
	"net/netip"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"
)

// Rate is how often something may happen: Burst at once, and then so many in
// a minute.
type Rate struct{ PerMinute, Burst int }

// Limits bound what strangers can cost.
type Limits struct {
	Requests Rate // of one address: an IPv4 address, or 64 bits of IPv6
	Invoices Rate // that one address asks for
	Payee    Rate // invoices that are asked of one user
	All      Rate // invoices that all ask of all
	Table    int  // how many addresses and users are remembered
}

// DefaultLimits are for a server of some hundred users.
var DefaultLimits = Limits{
	Requests: Rate{240, 120}, Invoices: Rate{20, 10}, Payee: Rate{60, 30}, All: Rate{600, 120}, Table: 20000,
}

// unknownCosts is what it costs to ask for nobody, in requests: it makes
// guessing names slow.
const unknownCosts = 8

func (r Rate) limiter() *rate.Limiter {
	return rate.NewLimiter(rate.Limit(r.PerMinute)/60, max(r.Burst, 1))
}

// limits are the Limits at work.
type limits struct {
	requests, invoices, payees *table
	all                        *rate.Limiter
}

func newLimits(l Limits) *limits {
	return &limits{
		requests: newTable(l.Requests, l.Table), invoices: newTable(l.Invoices, l.Table), payees: newTable(l.Payee, l.Table),
		all: l.All.limiter(),
	}
}

// invoice reports whether one more may be made. Who is over his own limit
// takes nothing of what belongs to others.
func (l *limits) invoice(from netip.Prefix, payee string) bool {
	return l.invoices.take(from.String(), 1) && l.payees.take(payee, 1) && l.all.Allow()
}

// table remembers how much each key has left. It is bounded: what was not
// used for longest is forgotten, and then has all of its burst again.
type table struct {
	rate Rate
	mu   sync.Mutex
	left *simplelru.LRU[string, *rate.Limiter]
}

func newTable(r Rate, most int) *table {
	left, _ := simplelru.NewLRU[string, *rate.Limiter](max(most, 1), nil) // which fails below 1
	return &table{rate: r, left: left}
}

func (t *table) of(key string) *rate.Limiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	l, ok := t.left.Get(key)
	if !ok {
		l = t.rate.limiter()
		t.left.Add(key, l)
	}
	return l
}

// take reports whether key has something left, and takes up to n of it.
func (t *table) take(key string, n int) bool {
	left := t.of(key)
	if !left.Allow() {
		return false
	}
	for range n - 1 {
		if !left.Allow() {
			break
		}
	}
	return true
}
