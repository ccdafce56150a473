package p2p_test

import (
	"encoding/binary"
	"io"
	gonet "net"
	"strconv"
	"sync"
	"testing"
)

// socks is a SOCKS5 proxy (RFC 1928, RFC 1929) that writes down what it is
// asked for.
type socks struct {
	addr   string
	refuse bool
	find   func(addr string) string // where an address really is

	l    gonet.Listener
	work sync.WaitGroup
	mu   sync.Mutex
	asks []request
	open []gonet.Conn
}

type request struct{ user, password, addr string }

func startSocks(t testing.TB, refuse bool) *socks {
	t.Helper()
	l, err := gonet.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &socks{addr: l.Addr().String(), refuse: refuse, find: func(a string) string { return a }, l: l}
	s.work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.keep(conn)
			s.work.Go(func() { defer conn.Close(); s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		s.mu.Lock()
		for _, c := range s.open {
			c.Close()
		}
		s.mu.Unlock()
		s.work.Wait()
	})
	return s
}

func (s *socks) keep(c gonet.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = append(s.open, c)
}

// seen are the requests so far.
func (s *socks) seen() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]request(nil), s.asks...)
}

func (s *socks) serve(conn gonet.Conn) {
	read := func(n int) []byte {
		b := make([]byte, n)
		if _, err := io.ReadFull(conn, b); err != nil {
			return make([]byte, n)
		}
		return b
	}
	read(int(read(2)[1])) // the methods
	_, _ = conn.Write([]byte{5, 2})
	var r request
	r.user = string(read(int(read(2)[1])))
	r.password = string(read(int(read(1)[0])))
	_, _ = conn.Write([]byte{1, 0})
	var host string
	switch head := read(4); head[3] {
	case 1:
		host = gonet.IP(read(4)).String()
	case 3:
		host = string(read(int(read(1)[0])))
	case 4:
		host = gonet.IP(read(16)).String()
	}
	r.addr = gonet.JoinHostPort(host, strconv.Itoa(int(binary.BigEndian.Uint16(read(2)))))
	s.mu.Lock()
	s.asks = append(s.asks, r)
	s.mu.Unlock()
	if s.refuse {
		_, _ = conn.Write([]byte{5, 2, 0, 1, 0, 0, 0, 0, 0, 0})
		return
	}
	to, err := gonet.Dial("tcp", s.find(r.addr))
	if err != nil {
		_, _ = conn.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0})
		return
	}
	defer to.Close()
	s.keep(to)
	_, _ = conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	s.work.Go(func() { _, _ = io.Copy(to, conn); to.Close() })
	_, _ = io.Copy(conn, to)
}
