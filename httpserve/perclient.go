package httpserve

import (
	"net"
	"net/netip"
	"sync"
)

// Fair is a listener that turns away who has too many connections, before they
// have said a word: somebody who opens many and says nothing would leave none
// to others. Proxies of ours have as many as they like.
type PerClient struct {
	net.Listener
	Proxies Proxies
	Most    int // connections of all; 0 is any number
	OfOne   int // of one household; 0 is any number

	mu    sync.Mutex
	total int
	open  map[netip.Prefix]int
}

// Accept returns the next connection of somebody who may have one more.
func (f *PerClient) Accept() (net.Conn, error) {
	for {
		conn, err := f.Listener.Accept()
		if err != nil {
			return nil, err
		}
		at, err := netip.ParseAddrPort(conn.RemoteAddr().String())
		who := ClientPrefix(at.Addr())
		if f.enter(who, err != nil || f.Proxies.Has(at.Addr())) {
			return &counted{Conn: conn, leave: sync.OnceFunc(func() { f.leave(who) })}, nil
		}
		_ = conn.Close()
	}
}

func (f *PerClient) enter(who netip.Prefix, free bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Most > 0 && f.total >= f.Most || !free && f.OfOne > 0 && f.open[who] >= f.OfOne {
		return false
	}
	if f.open == nil {
		f.open = map[netip.Prefix]int{}
	}
	f.total++
	f.open[who]++
	return true
}

func (f *PerClient) leave(who netip.Prefix) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.total--
	if f.open[who]--; f.open[who] == 0 {
		delete(f.open, who)
	}
}

// counted is a connection that is counted until it is closed.
type counted struct {
	net.Conn
	leave func()
}

// Close closes the connection.
func (c *counted) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
