// Package cut stands between a program and PostgreSQL and loses an answer:
// the statement was run, or not, and the connection is gone.
package cut

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
)

// Loss says which answer is lost, and how. One exchange is a request of the
// client and its answer, so a statement with arguments has two at first: "PREPARE"
// and the statement itself. One with several statements is all of them, with "; " between.
type Loss struct {
	Nth    int    // of the exchanges that match since Lose, from 1; 0 loses nothing
	Query  string // only exchanges whose text begins like this; "" is all
	Unseen bool   // the request does not reach the server either
	Reset  bool   // the client sees a reset (RST) and not an end (FIN)
}

// Proxy is one listener in front of one server.
type Proxy struct {
	listener net.Listener
	server   string

	mu    sync.Mutex
	loss  Loss
	seen  []string
	lost  bool
	conns map[net.Conn]bool
	open  sync.WaitGroup
}

// Start listens on a free port of loopback. Server is host:port.
func Start(server string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, server: server, conns: map[net.Conn]bool{}}
	p.open.Go(p.accept)
	return p, nil
}

// StartFor is Start for the server of a DSN, as a URL; the DSN it returns
// goes through the proxy.
func StartFor(dsn string) (*Proxy, string, error) {
	u, err := url.Parse(dsn)
	if err != nil || u.Host == "" {
		return nil, "", errors.New("cut: the DSN is not a URL")
	}
	p, err := Start(u.Host)
	if err != nil {
		return nil, "", err
	}
	u.Host = p.Addr()
	return p, u.String(), nil
}

// Addr is host:port of the proxy.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Lose arms the proxy for one loss and forgets the exchanges it saw.
func (p *Proxy) Lose(l Loss) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.loss, p.seen, p.lost = l, nil, false
}

// Seen are the exchanges since Lose, on all connections, in order.
func (p *Proxy) Seen() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.seen...)
}

// Lost reports whether the answer of the last Lose was lost.
func (p *Proxy) Lost() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lost
}

// Close breaks all connections off and waits until nothing runs.
func (p *Proxy) Close() error {
	err := p.listener.Close()
	p.mu.Lock()
	for c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
	p.mu.Unlock()
	p.open.Wait()
	return err
}

// meet notes an exchange and says whether its answer is lost.
func (p *Proxy) meet(query string) (Loss, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = append(p.seen, query)
	if p.loss.Nth == 0 || !strings.HasPrefix(query, p.loss.Query) {
		return Loss{}, false
	}
	if p.loss.Nth--; p.loss.Nth > 0 {
		return Loss{}, false
	}
	p.lost = true
	return p.loss, true
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		if !p.keep(client, server) {
			return
		}
		p.open.Go(func() {
			defer p.drop(client, server)
			link{p, client.(*net.TCPConn), server.(*net.TCPConn)}.run()
		})
	}
}

// keep remembers what Close has to break off; false after Close.
func (p *Proxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		if p.conns == nil {
			_ = c.Close()
			continue
		}
		p.conns[c] = true
	}
	return p.conns != nil
}

func (p *Proxy) drop(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		_ = c.Close()
		delete(p.conns, c)
	}
}

// String names a loss as a test case.
func (l Loss) String() string {
	what, how := "answer", "end"
	if l.Unseen {
		what = "request"
	}
	if l.Reset {
		how = "reset"
	}
	return fmt.Sprintf("%s %d of %q is lost, the client sees a %s", what, l.Nth, l.Query, how)
}
