package p2p_test

import (
	gonet "net"
	"sync"
	"testing"
	"time"
)

// slow is a TCP relay that holds each byte back for a while.
type slow struct {
	addr  string
	delay time.Duration
	to    string

	l    gonet.Listener
	work sync.WaitGroup
	mu   sync.Mutex
	open []gonet.Conn
}

func startSlow(t testing.TB, to string, delay time.Duration) *slow {
	t.Helper()
	l, err := gonet.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &slow{addr: l.Addr().String(), delay: delay, to: to, l: l}
	s.work.Go(s.accept)
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

func (s *slow) accept() {
	for {
		from, err := s.l.Accept()
		if err != nil {
			return
		}
		to, err := gonet.Dial("tcp", s.to)
		if err != nil {
			from.Close()
			continue
		}
		s.mu.Lock()
		s.open = append(s.open, from, to)
		s.mu.Unlock()
		s.work.Go(func() { s.pipe(from, to) })
		s.work.Go(func() { s.pipe(to, from) })
	}
}

// pipe copies chunks, each when its time has come.
func (s *slow) pipe(from, to gonet.Conn) {
	type chunk struct {
		b   []byte
		due time.Time
	}
	chunks := make(chan chunk, 1000)
	s.work.Go(func() {
		defer to.Close()
		for c := range chunks {
			<-time.After(time.Until(c.due))
			if _, err := to.Write(c.b); err != nil {
				from.Close()
			}
		}
	})
	defer close(chunks)
	for {
		b := make([]byte, 16<<10)
		n, err := from.Read(b)
		if n > 0 {
			chunks <- chunk{b[:n], time.Now().Add(s.delay)}
		}
		if err != nil {
			return
		}
	}
}
