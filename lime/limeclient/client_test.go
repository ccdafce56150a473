package limeclient_test

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

// A client whose session is lost makes another one, as it was.
func TestAClientComesBack(t *testing.T) {
	s := limetest.New().Start(t)
	var started atomic.Int32
	c := limeclient.NewClient(limetest.Dialer("alice"), s.TCP)
	c.Presence, c.Receipt = &lime.Presence{Status: lime.Busy}, &lime.Receipt{Events: []lime.Event{lime.Consumed}}
	c.Started = func(context.Context, *limeclient.Channel) error { started.Add(1); return nil }
	c.Wait = func(int) time.Duration { return 0 }
	ctx, stop := context.WithCancel(ctxOf(t))
	over := make(chan error, 1)
	go func() { over <- c.Run(ctx) }()
	var last string
	for n := range 3 {
		channel, err := c.Channel(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if channel.ID() == last {
			t.Error("the same session")
		}
		last = channel.ID()
		there := s.Sessions(channel.Local().Identity)[0]
		if there.Presence().Status != lime.Busy || len(there.Receipt().Events) != 1 {
			t.Errorf("session %d: got %v and %v", n, there.Presence(), there.Receipt())
		}
		if n == 1 {
			err = there.Finish(ctx)
		} else {
			there.Abort()
		}
		<-channel.Done()
		if err != nil {
			t.Error(err)
		}
	}
	if started.Load() < 3 {
		t.Errorf("started %d times", started.Load())
	}
	stop()
	if err := next(t, over, "end"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Channel(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAClientThatIsRefusedGivesUp(t *testing.T) {
	s := limetest.New().Start(t)
	d := limetest.Dialer("alice")
	d.Authentication = lime.WithPassword("wrong")
	c := limeclient.NewClient(d, s.WS)
	if err := c.Run(ctxOf(t)); !errors.Is(err, lime.ErrRefused) {
		t.Errorf("got %v", err)
	}
}

// records is a resolver that knows some servers.
type records map[string][]*net.SRV

func (r records) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	all := r["_"+service+"._"+proto+"."+name]
	if all == nil {
		return "", nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return name, all, nil
}

type noResolver struct{}

func (noResolver) LookupSRV(context.Context, string, string, string) (string, []*net.SRV, error) {
	return "", nil, &net.DNSError{Err: "timeout", IsTimeout: true}
}

func TestAddresses(t *testing.T) {
	s := limetest.New().Start(t)
	host := strings.TrimPrefix(s.TCP, "tcp://")
	_, port, _ := net.SplitHostPort(host)
	n, _ := strconv.Atoi(port)
	at := func(port int) *net.SRV { return &net.SRV{Target: "127.0.0.1.", Port: uint16(port)} }
	known := records{"_lime._tcp.localhost": {at(1), at(n)}, "_lime._tcp.down.test": {at(1)},
		"_lime._tcp.127.0.0.2": {{Target: ".", Port: uint16(n)}, at(n)}}
	for address, r := range map[string]limeclient.Resolver{
		"tcp://" + host: known, "net.tcp://" + host: known, s.WS: known, strings.Replace(s.WS, "/lime", "", 1): known,
		"lime://alice@localhost": known, "lime:alice@localhost": known, "lime://localhost": known, "lime://127.0.0.1:" + port: known,
		"lime://alice@127.0.0.2": known,
	} {
		d := limetest.Dialer("alice")
		d.Resolver, d.AllowPlainSecrets = r, true
		if _, err := keep(t)(d.Dial(ctxOf(t), address)); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for address, r := range map[string]limeclient.Resolver{
		"lime://down.test": known, "lime://slow.test": noResolver{}, "tcp://": known, "host": known, "http://localhost": known, "tls://" + host: known, ":": known,
		"ws://127.0.0.1:1": known,
	} {
		d := limetest.Dialer("alice")
		d.Resolver = r
		if _, err := keep(t)(d.Dial(ctxOf(t), address)); err == nil {
			t.Errorf("%s: no error", address)
		}
	}
}

// A domain without the service says so with the target "." (RFC 2782): neither
// it nor this machine, which an empty name is, is dialled.
func TestADomainWithoutTheService(t *testing.T) {
	s := limetest.New().Start(t)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.TCP, "tcp://"))
	n, _ := strconv.Atoi(port)
	for _, target := range []string{".", ""} {
		d := limetest.Dialer("alice")
		d.Resolver, d.AllowPlainSecrets = records{"_lime._tcp.localhost": {{Target: target, Port: uint16(n)}}}, true
		if _, err := keep(t)(d.Dial(ctxOf(t), "lime://alice@localhost")); !errors.Is(err, limeclient.ErrNoService) {
			t.Errorf("target %q: got %v", target, err)
		}
	}
}

// A client that wants TLS does not speak to a server without it.
func TestAClientThatWantsTLS(t *testing.T) {
	s := limetest.New().Start(t)
	for _, address := range []string{s.TCP, s.WS} {
		d := limetest.Dialer("alice")
		d.Encryption = lime.TLS
		if _, err := keep(t)(d.Dial(ctxOf(t), address)); err == nil {
			t.Errorf("%s: no error", address)
		}
	}
}

// A client that gives up leaves nothing behind.
func TestAClientThatGivesUp(t *testing.T) {
	client, server := lime.Pipe()
	defer server.Abort()
	ctx, cancel := context.WithCancel(ctxOf(t))
	over := make(chan error, 1)
	go func() {
		_, err := limetest.Dialer("alice").Establish(ctx, client)
		over <- err
	}()
	if _, err := server.Receive(); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := next(t, over, "end"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// Whoever gets a message tells its sender, where it came from, whatever it
// was addressed to.
func TestReceiptsOfAClient(t *testing.T) {
	for name, tt := range map[string]struct {
		handle limeclient.MessageHandler
		want   []lime.Event
		code   lime.Code
	}{
		"read":        {func(context.Context, *limeclient.Channel, *lime.Message) error { return nil }, []lime.Event{lime.Received, lime.Consumed}, 0},
		"later":       {func(context.Context, *limeclient.Channel, *lime.Message) error { return limeclient.ErrLater }, []lime.Event{lime.Received}, 0},
		"refused":     {func(context.Context, *limeclient.Channel, *lime.Message) error { return lime.Errorf(1001, "no") }, []lime.Event{lime.Received, lime.Failed}, 1001},
		"gone wrong":  {func(context.Context, *limeclient.Channel, *lime.Message) error { return errors.New("secret") }, []lime.Event{lime.Received, lime.Failed}, lime.Processing},
		"not handled": {nil, []lime.Event{lime.Received, lime.Failed}, lime.UnsupportedContent},
	} {
		t.Run(name, func(t *testing.T) {
			s := limetest.New()
			told := make(chan *lime.Notification, 4)
			s.Mux.Notifications(func(_ context.Context, _ *limeserver.Channel, n *lime.Notification) { told <- n })
			d := limetest.Dialer("alice")
			d.Receipts, d.Mux = true, limeclient.NewMux()
			if tt.handle != nil {
				d.Mux.Messages("", tt.handle)
			}
			c := dial(t, s, d)
			m := &lime.Message{Header: lime.Header{ID: "1", From: lime.Node{Identity: lime.Identity{Name: "shop", Domain: "localhost"}}, PP: s.Node}, Content: lime.Text("x")}
			if err := s.Sessions(c.Local().Identity)[0].Send(ctxOf(t), m); err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				n := next(t, told, "notification")
				if n.Event != want || n.ID != "1" || n.To != s.Node {
					t.Errorf("got %s of %s to %s, want %s", n.Event, n.ID, n.To, want)
				}
				if n.Event == lime.Failed && (n.Reason.Code != tt.code || strings.Contains(n.Reason.Description, "secret")) {
					t.Errorf("got %v", n.Reason)
				}
			}
		})
	}
}

func TestAClientIsAsked(t *testing.T) {
	s := limetest.New()
	d := limetest.Dialer("alice")
	d.Mux = limeclient.NewMux()
	d.Mux.Handle(lime.Get, "/weather", func(_ context.Context, r *limeclient.Request) (lime.Document, error) {
		return lime.Text("sunny at " + r.Owner.String()), nil
	})
	c := dial(t, s, d)
	there := s.Sessions(c.Local().Identity)[0]
	got, err := there.Do(ctxOf(t), lime.Get, "/weather", nil)
	if text, _ := lime.As[lime.Text](got); err != nil || text != "sunny at alice@localhost" {
		t.Errorf("got %q, %v", text, err)
	}
	for uri, want := range map[lime.URI]lime.Code{"/ping": 0, "/nothing": lime.NotFound, "http://x": lime.InvalidMethod} {
		if _, err := there.Do(ctxOf(t), lime.Get, uri, nil); code(err) != want {
			t.Errorf("%s: %v", uri, err)
		}
	}
}
