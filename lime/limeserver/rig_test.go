package limeserver_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is long: it ends tests that would never end.
const patience = 30 * time.Second

func ctxOf(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// road is a way from a client to a server.
type road struct {
	name    string
	connect func(t testing.TB, s *limetest.Server, d *limeclient.Dialer) lime.Transport
}

// roads are all the ways. Each server listens until the test ends.
var roads = []road{
	{"pipe", func(t testing.TB, s *limetest.Server, _ *limeclient.Dialer) lime.Transport {
		client, server := lime.Pipe()
		accept(t, s, server)
		return client
	}},
	{"tcp", func(t testing.TB, s *limetest.Server, d *limeclient.Dialer) lime.Transport {
		return connect(t, d, listen(t, s.ListenTCP, "tcp://"))
	}},
	{"tcp upgraded to tls", func(t testing.TB, s *limetest.Server, d *limeclient.Dialer) lime.Transport {
		cert, pool := selfSigned()
		s.TLS, s.RequireTLS = &tls.Config{Certificates: []tls.Certificate{cert}}, true
		d.TLS, d.Encryption = &tls.Config{RootCAs: pool, ServerName: "example.com"}, lime.TLS
		return connect(t, d, listen(t, s.ListenTCP, "tcp://"))
	}},
	{"tls", func(t testing.TB, s *limetest.Server, d *limeclient.Dialer) lime.Transport {
		cert, pool := selfSigned()
		s.TLS, s.RequireTLS = &tls.Config{Certificates: []tls.Certificate{cert}}, true
		d.TLS, d.Encryption = &tls.Config{RootCAs: pool, ServerName: "example.com"}, lime.TLS
		return connect(t, d, listen(t, s.ListenTLS, "tls://"))
	}},
	{"ws", func(t testing.TB, s *limetest.Server, d *limeclient.Dialer) lime.Transport {
		web := httptest.NewServer(s)
		t.Cleanup(web.Close)
		t.Cleanup(func() { shutdown(t, s) })
		return connect(t, d, "ws"+strings.TrimPrefix(web.URL, "http"))
	}},
	{"wss", func(t testing.TB, s *limetest.Server, d *limeclient.Dialer) lime.Transport {
		cert, pool := selfSigned()
		web := httptest.NewUnstartedServer(s)
		web.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
		web.StartTLS()
		t.Cleanup(web.Close)
		t.Cleanup(func() { shutdown(t, s) })
		d.TLS, d.Encryption = &tls.Config{RootCAs: pool, ServerName: "example.com"}, lime.TLS
		s.RequireTLS = true
		return connect(t, d, "ws"+strings.TrimPrefix(web.URL, "http"))
	}},
}

func shutdown(t testing.TB, s *limetest.Server) {
	if err := s.Shutdown(ctxOf(t)); err != nil {
		t.Error(err)
	}
}

func accept(t testing.TB, s *limetest.Server, server lime.Transport) {
	var running sync.WaitGroup
	running.Go(func() { _ = s.Accept(context.Background(), server) })
	t.Cleanup(func() {
		shutdown(t, s)
		running.Wait()
	})
}

func connect(t testing.TB, d *limeclient.Dialer, address string) lime.Transport {
	t.Helper()
	tr, err := d.Connect(ctxOf(t), address)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func listen(t testing.TB, serve func(context.Context, net.Listener) error, scheme string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = serve(ctx, l) })
	t.Cleanup(func() {
		stop()
		running.Wait()
	})
	return scheme + l.Addr().String()
}

// dial makes a session within the process.
func dial(t testing.TB, s *limetest.Server, d *limeclient.Dialer) *limeclient.Channel {
	t.Helper()
	c, err := try(t, s, d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func try(t testing.TB, s *limetest.Server, d *limeclient.Dialer) (*limeclient.Channel, error) {
	t.Helper()
	client, server := lime.Pipe()
	accept(t, s, server)
	return keep(t)(d.Establish(ctxOf(t), client))
}

// keep finishes a session at the end of the test.
func keep(t testing.TB) func(*limeclient.Channel, error) (*limeclient.Channel, error) {
	return func(c *limeclient.Channel, err error) (*limeclient.Channel, error) {
		if err == nil {
			t.Cleanup(func() { _ = c.Finish(ctxOf(t)) })
		}
		return c, err
	}
}

// code is the reason code of an error, 0 if it has none.
func code(err error) lime.Code {
	if err == nil {
		return 0
	}
	return lime.ReasonOf(err, -1).Code
}

// next waits for what comes on a channel.
func next[T any](t testing.TB, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("no %s came", what)
		panic("not reached")
	}
}

func contains(s, part string) bool { return strings.Contains(s, part) }

// node reads a node that makes sense.
func node(s string) lime.Node {
	n, err := lime.ParseNode(s)
	if err != nil {
		panic(err)
	}
	return n
}
