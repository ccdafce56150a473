package web

import (
	"net"
	"net/netip"
	"sync"
)

// mostOfOne is how many connections one address may have. Somebody who opens
// many and says nothing would leave none to others.
const mostOfOne = 32

// fair is a listener that turns away who has too many connections. Proxies of
// ours have as many as they like.
type fair struct {
	net.Listener
	door *Door

	mu   sync.Mutex
	open map[netip.Prefix]int
}

func (d *Door) fair(l net.Listener) net.Listener {
	return &fair{Listener: l, door: d, open: map[netip.Prefix]int{}}
}

// Accept returns the next connection of somebody who may have one more.
func (f *fair) Accept() (net.Conn, error) {
	for {
		conn, err := f.Listener.Accept()
		if err != nil {
			return nil, err
		}
		at, err := netip.ParseAddrPort(conn.RemoteAddr().String())
		if err != nil || f.door.isProxy(at.Addr().Unmap()) {
			return conn, nil
		}
		who := household(at.Addr().Unmap())
		if f.enter(who) {
			return &counted{Conn: conn, leave: sync.OnceFunc(func() { f.leave(who) })}, nil
		}
		conn.Close()
	}
}

func (f *fair) enter(who netip.Prefix) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open[who] >= mostOfOne {
		return false
	}
	f.open[who]++
	return true
}

func (f *fair) leave(who netip.Prefix) {
	f.mu.Lock()
	defer f.mu.Unlock()
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
