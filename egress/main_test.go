package egress_test

import (
	"context"
	"net"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/net/dns/dnsmessage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// names is a real DNS server on loopback. Each answer to a name is the next
// list of addresses, and the last one stays.
type names struct {
	mu      sync.Mutex
	answers map[string][][]string
	asked   int
}

// resolver starts the server and returns a resolver that asks it.
func (n *names) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() { n.serve(server) })
	t.Cleanup(func() { server.Close(); wg.Wait() })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func (n *names) serve(server net.PacketConn) {
	buf := make([]byte, 1500)
	for {
		size, from, err := server.ReadFrom(buf)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(buf[:size]) != nil || len(m.Questions) != 1 {
			continue
		}
		m.Header.Response, m.Header.Authoritative = true, true
		m.Additionals = nil
		m.Answers = n.answer(m.Questions[0])
		if out, err := m.Pack(); err == nil {
			_, _ = server.WriteTo(out, from)
		}
	}
}

func (n *names) answer(q dnsmessage.Question) (all []dnsmessage.Resource) {
	n.mu.Lock()
	defer n.mu.Unlock()
	lists := n.answers[q.Name.String()]
	if len(lists) == 0 {
		return nil
	}
	for _, text := range lists[0] {
		ip := net.ParseIP(text)
		h := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: dnsmessage.ClassINET}
		if four := ip.To4(); four != nil && q.Type == dnsmessage.TypeA {
			all = append(all, dnsmessage.Resource{Header: h, Body: &dnsmessage.AResource{A: [4]byte(four)}})
		} else if four == nil && q.Type == dnsmessage.TypeAAAA {
			all = append(all, dnsmessage.Resource{Header: h, Body: &dnsmessage.AAAAResource{AAAA: [16]byte(ip)}})
		}
	}
	if q.Type == dnsmessage.TypeA {
		n.asked++
		if len(lists) > 1 {
			n.answers[q.Name.String()] = lists[1:]
		}
	}
	return all
}
