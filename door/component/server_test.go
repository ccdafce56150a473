package component_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/internal/sandbox/ejabberd"
	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/prosody"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppserver"
	"github.com/bitcoim/bitcoim/internal/xep0114"
	"github.com/bitcoim/bitcoim/outbox"
)

type starter = func(context.Context, string, xmppserver.Options) (*xmppserver.Server, error)

// each runs a test in front of every server that we speak to.
func each(t *testing.T, f func(t *testing.T, s *xmppserver.Server)) {
	for name := range servers {
		on(t, name, f)
	}
}

var servers = map[string]starter{"prosody": prosody.Start, "ejabberd": ejabberd.Start}

// on runs a test in front of one of them.
func on(t *testing.T, name string, f func(t *testing.T, s *xmppserver.Server)) {
	if testing.Short() {
		t.Skip("real servers")
	}
	t.Run(name, func(t *testing.T) {
		s, err := servers[name](t.Context(), t.TempDir(), xmppserver.Options{Domain: "example.org", Component: domain})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Stop(); err != nil {
				t.Error(err)
			}
		})
		f(t, s)
	})
}

// enter starts a door on a real server and waits until it answers.
func enter(t *testing.T, s *xmppserver.Server, c *xmppclient.Client, change ...func(*component.Config, *desk)) *door {
	t.Helper()
	d := openUnready(t, func(cfg *component.Config, k *desk) {
		cfg.Addr, cfg.Secret = s.ComponentAddr, s.Secret
		cfg.Limits.Burst = 1000
		for _, f := range change {
			f(cfg, k)
		}
	}, io.Discard)
	d.answers(c)
	return d
}

// answers waits until the component answers a ping.
func (d *door) answers(c *xmppclient.Client) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), 20*time.Second)
	defer cancel()
	for {
		_, err := c.IQ(ctx, domain, "get", "<ping xmlns='urn:xmpp:ping'/>")
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			d.t.Fatalf("%v; %+v", err, d.c.Stats())
		}
		time.Sleep(5 * time.Millisecond) // the server does not tell when a component comes
	}
}

func dial(t *testing.T, s *xmppserver.Server, user string) *xmppclient.Client {
	t.Helper()
	c, err := s.Dial(t.Context(), user, "phone")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// hears is the body of the next message from that contact.
func hears(t *testing.T, c *xmppclient.Client, from string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	s, err := c.Hear(ctx, from)
	if err != nil {
		t.Fatal(err)
	}
	return s.Body()
}

// sees waits for a presence of that type from that contact.
func sees(t *testing.T, c *xmppclient.Client, from, kind string) xmppclient.Stanza {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	s, err := c.Expect(ctx, func(s xmppclient.Stanza) bool {
		return s.Kind() == "presence" && s.From() == from && s.Type() == kind
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOnRealServers(t *testing.T) {
	each(t, func(t *testing.T, s *xmppserver.Server) {
		ann, bob := dial(t, s, "ann"), dial(t, s, "bob")
		d := enter(t, s, ann)

		t.Run("a command is answered", func(t *testing.T) {
			ann.Say(domain, "balance")
			if got := hears(t, ann, domain); got != "You said balance." {
				t.Errorf("got %q", got)
			}
			ann.Say("bc1qann@"+strings.ToUpper(domain), "history")
			if got := hears(t, ann, "bc1qann@"+domain); got != "You said history." {
				t.Errorf("got %q", got)
			}
		})
		t.Run("a newcomer is welcome", func(t *testing.T) {
			eve := dial(t, s, "eve")
			eve.Presence(domain, "subscribe")
			sees(t, eve, domain, "subscribed")
			sees(t, eve, domain, "")
			if got := hears(t, eve, domain); got != "Welcome to "+domain+"." {
				t.Errorf("got %q", got)
			}
		})
		t.Run("the gateway is seen at each login", func(t *testing.T) {
			ann.Presence(domain, "subscribe")
			sees(t, ann, domain, "subscribed")
			sees(t, ann, domain, "")
			again, err := s.Dial(t.Context(), "ann", "desk")
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			if got := sees(t, again, domain, "").ChildText("status"); got != "Hi ann." {
				t.Errorf("status %q", got)
			}
		})
		t.Run("a notice reaches the user", func(t *testing.T) {
			err := d.c.Tell(t.Context(), outbox.Notice{ID: 3, User: "bob@example.org", Phrase: "test.paid", Args: map[string]any{"amount": int64(2000)}})
			if err != nil {
				t.Fatal(err)
			}
			if got := hears(t, bob, domain); got != "Paid 2\u00a0sat." {
				t.Errorf("got %q", got)
			}
		})
		t.Run("it comes back when the server does", func(t *testing.T) {
			if err := s.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			ann := dial(t, s, "ann")
			d.t = t
			d.answers(ann)
		})
	})
}

// Where a server spreads stanzas over several connections, each instance
// answers what comes to it, and nobody hears twice or misses the one that went.
func TestTwoInstances(t *testing.T) {
	if testing.Short() {
		t.Skip("real servers")
	}
	needs.Programs(t)
	s, err := ejabberd.Start(t.Context(), t.TempDir(), xmppserver.Options{Domain: "example.org", Component: domain})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop() })
	ann := dial(t, s, "ann")
	ann.Presence(domain, "subscribe")
	one := enter(t, s, ann)
	two := enter(t, s, ann)
	for two.c.Stats().Connects == 0 {
		time.Sleep(time.Millisecond)
	}
	const n = 60
	talk := func() {
		t.Helper()
		heard := map[string]int{}
		for i := range n {
			ann.Say(domain, fmt.Sprint(i))
			heard[hears(t, ann, domain)]++
		}
		if len(heard) != n {
			t.Errorf("heard %d different answers to %d questions", len(heard), n)
		}
	}
	talk()
	if a, b := len(one.desk.requests()), len(two.desk.requests()); a == 0 || b == 0 || a+b != n {
		t.Errorf("the instances were asked %d and %d of %d", a, b, n)
	}
	one.stop()
	talk()
	for _, s := range ann.Inbox() {
		if s.Kind() == "presence" && s.From() == domain && s.Type() == "unavailable" {
			t.Error("the first instance said goodbye for both")
		}
	}
}

func TestHostileStanzasOnRealServers(t *testing.T) {
	each(t, func(t *testing.T, s *xmppserver.Server) {
		ann := dial(t, s, "ann")
		d := enter(t, s, ann)
		for i, bad := range xep0114.Hostile {
			if s.Kind == "ejabberd" && bad.Name == "5,000 levels" {
				continue // ejabberd 23.01 itself dies of it, also between two users
			}
			mallory, err := s.Dial(t.Context(), fmt.Sprint("mallory", i%4), bad.Resource)
			if bad.Resource != "" && err != nil {
				continue // this server does not let such a user in
			}
			if err != nil {
				t.Fatal(err)
			}
			mallory.SendRaw(bad.For(domain, "bad"))
			// Whatever came of it, it was taken before this is answered or the
			// server hangs up. A server in the middle of a tag does neither.
			wait, cancel := context.WithTimeout(t.Context(), time.Second)
			mallory.IQ(wait, domain, "get", "<ping xmlns='urn:xmpp:ping'/>")
			cancel()
			mallory.Drop()
			d.answers(ann)
			if n := d.c.Stats().Connects; n != 1 {
				t.Fatalf("%s ended the connection", bad.Name)
			}
		}
		if n := d.c.Stats().Panics; n != 0 {
			t.Errorf("%d panics", n)
		}
	})
}
