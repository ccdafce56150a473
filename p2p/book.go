package p2p

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/btcsuite/btcd/addrmgr"
	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// book knows whom one could call, and how it went last time. Addresses that
// strangers tell of go through addrmgr, whose buckets keep one stranger from
// filling it with friends.
type book struct {
	main string

	mu    sync.Mutex
	named []*entry // of the configuration, in that order
	found map[string]*entry
	mgr   *addrmgr.AddrManager // nil unless Config.Discover
	kept  bool                 // mgr has a file
}

// entry is one address and what came of calling it.
type entry struct {
	addr     string
	na       *wire.NetAddressV2 // nil for host names
	failures int
	next     time.Time // not before
	plain    bool      // it does not speak the second transport
	busy     bool
}

const (
	maxFound   = 4000 // entries beside those of the configuration
	maxBackoff = 10 * time.Minute
	shunned    = 24 * time.Hour // before a peer that misbehaved is called again
	steady     = time.Minute    // a connection that lasted so long was no failure
)

func newBook(cfg *Config) (*book, error) {
	b := &book{found: map[string]*entry{}}
	for i, list := range [][]string{{cfg.Main}, cfg.Peers} {
		for _, addr := range list {
			if addr == "" {
				continue
			}
			full, err := address(addr, cfg.Params)
			if err != nil {
				return nil, err
			}
			if i == 0 {
				b.main = full
			} else if full == b.main {
				continue
			}
			b.named = append(b.named, &entry{addr: full})
		}
	}
	if !cfg.Discover {
		return b, nil
	}
	if cfg.DataDir != "" {
		if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
			return nil, fmt.Errorf("address book: %w", err)
		}
		b.kept = true
	}
	b.mgr = addrmgr.New(cfg.DataDir, func(host string) ([]net.IP, error) {
		return nil, fmt.Errorf("%s is not looked up", host)
	})
	return b, nil
}

// address completes and checks host:port.
func address(addr string, params *chaincfg.Params) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		host, port = strings.Trim(addr, "[]"), params.DefaultPort
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || host == "" || strings.ContainsAny(host, "/ []") {
		return "", fmt.Errorf("%w: %q is no address of a node", ErrUsage, addr)
	}
	return net.JoinHostPort(strings.ToLower(host), port), nil
}

// group is the neighbourhood of an address: who owns one address of it may
// well own others. A name is a neighbourhood of its own.
func group(addr string) string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	ip := net.ParseIP(host)
	if ip == nil {
		return host
	}
	return addrmgr.GroupKey(wire.NetAddressV2FromBytes(time.Time{}, 0, ip, 0))
}

// open reads the file; close writes it.
func (b *book) open() {
	if b.kept {
		b.mgr.Start()
	}
}

func (b *book) close() {
	if b.kept {
		_ = b.mgr.Stop()
	}
}

// add takes addresses that source told of.
func (b *book) add(addrs []*wire.NetAddressV2, source *wire.NetAddressV2) {
	if b.mgr == nil || len(addrs) == 0 {
		return
	}
	b.mgr.AddAddresses(addrs, source)
}

// pick takes somebody to call now: those of the configuration first, then, if
// more are wanted, one that was found, of no neighbourhood in near. skip
// leaves out addresses.
func (b *book) pick(now time.Time, near map[string]bool, skip func(addr string) bool) (*entry, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.named {
		if !e.busy && !now.Before(e.next) && !skip(e.addr) {
			e.busy = true
			return e, true
		}
	}
	for _, e := range b.found {
		if e.na == nil && !e.busy && !now.Before(e.next) && !skip(e.addr) {
			e.busy = true
			return e, true
		}
	}
	if b.mgr == nil {
		return nil, false
	}
	for range 50 { // it is a lottery
		ka := b.mgr.GetAddress()
		if ka == nil {
			return nil, false
		}
		addr := addrmgr.NetAddressKey(ka.NetAddress())
		e := b.found[addr]
		if e == nil {
			e = &entry{addr: addr, na: ka.NetAddress(), plain: !ka.NetAddress().HasService(wire.SFNodeP2PV2)}
		}
		if e.busy || now.Before(e.next) || near[group(addr)] || skip(addr) || b.isNamed(addr) {
			continue
		}
		b.shrink()
		e.busy = true
		b.found[addr] = e
		b.mgr.Attempt(e.na)
		return e, true
	}
	return nil, false
}

// pickAny takes one of the configuration, even if it is called already.
func (b *book) pickAny(skip func(addr string) bool) (*entry, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.named {
		if !skip(e.addr) {
			return &entry{addr: e.addr, plain: e.plain}, true // a call beside the other one
		}
	}
	return nil, false
}

func (b *book) isNamed(addr string) bool {
	for _, e := range b.named {
		if e.addr == addr {
			return true
		}
	}
	return false
}

// shrink forgets somebody if there are too many.
func (b *book) shrink() {
	for addr, e := range b.found {
		if len(b.found) < maxFound {
			return
		}
		if !e.busy {
			delete(b.found, addr)
		}
	}
}

// ended notes how a call went: lasted is how long the peer was ready, 0 if it
// never was.
func (b *book) ended(e *entry, lasted time.Duration, older, bad bool, backoff time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e.busy = false
	now := time.Now()
	switch {
	case older:
		e.plain, e.next = true, now
		return
	case bad:
		e.failures++
		e.next = now.Add(shunned)
		return
	case lasted >= steady:
		e.failures = 0
	case lasted == 0 && e.na == nil:
		e.plain = false // it may have hung up for another reason
	}
	wait := min(backoff<<min(e.failures, 20), maxBackoff)
	e.failures++
	e.next = now.Add(wait/2 + rnd(wait/2+1))
}

// works notes that a peer that was found is a good one.
func (b *book) works(e *entry) {
	if b.mgr != nil && e.na != nil {
		b.mgr.Connected(e.na)
		b.mgr.Good(e.na)
	}
}
