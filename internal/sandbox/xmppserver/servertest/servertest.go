// Package servertest holds every XMPP server of the sandbox to the same facts.
package servertest

import (
	"context"
	"slices"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppserver"
)

// Run starts a server and tries all that tests need of it.
func Run(t *testing.T, start func(context.Context, string, xmppserver.Options) (*xmppserver.Server, error)) {
	needs.Programs(t)
	s, err := start(t.Context(), t.TempDir(), xmppserver.Options{Domain: "example.test", Component: "coins.example.test", Secret: "hush"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	t.Run("two users talk", func(t *testing.T) { talk(t, s) })
	t.Run("an account is made once", func(t *testing.T) { once(t, s) })
	t.Run("a wrong password is refused", func(t *testing.T) { wrong(t, s) })
	t.Run("strange names are let in", func(t *testing.T) { strange(t, s) })
	t.Run("a component answers", func(t *testing.T) { answers(t, s) })
	t.Run("a contact is added", func(t *testing.T) { subscribes(t, s) })
	t.Run("bad XML ends one client", func(t *testing.T) { bad(t, s) })
	t.Run("accounts survive a restart", func(t *testing.T) { restart(t, s) })
}

func dial(t *testing.T, s *xmppserver.Server, user string) *xmppclient.Client {
	t.Helper()
	c, err := s.Dial(t.Context(), user, "phone")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func hear(t *testing.T, c *xmppclient.Client, from, want string) {
	t.Helper()
	s, err := c.Hear(t.Context(), from)
	if err != nil || s.Body() != want {
		t.Errorf("got %q (%v), want %q", s.Body(), err, want)
	}
}

func talk(t *testing.T, s *xmppserver.Server) {
	ann, bob := dial(t, s, "ann"), dial(t, s, "bob")
	const text = `1 < 2 & "three" 'four' €`
	if _, err := ann.Say("bob@"+s.Domain, text); err != nil {
		t.Fatal(err)
	}
	hear(t, bob, ann.JID, text)
	if _, err := ann.IQ(t.Context(), bob.JID, "get", `<ping xmlns='urn:xmpp:ping'/>`); err != nil {
		t.Errorf("ping: %v", err)
	}
	if _, err := ann.IQ(t.Context(), bob.JID, "get", `<query xmlns='jabber:iq:nothing'/>`); err == nil || err.Error() != "refused: service-unavailable" {
		t.Errorf("unknown question: got %v", err)
	}
}

func once(t *testing.T, s *xmppserver.Server) {
	if err := s.Register(t.Context(), "carl", "one"); err != nil {
		t.Fatal(err)
	}
	if err := s.Register(t.Context(), "carl", "two"); err == nil {
		t.Error("the name was given twice")
	}
}

func wrong(t *testing.T, s *xmppserver.Server) {
	if c, err := xmppclient.Dial(t.Context(), s.C2S, "ann@"+s.Domain, "guess", ""); err == nil {
		c.Close()
		t.Error("got in")
	}
}

// strange logs in with names that the servers' stringprep (RFC 6122) allows and
// PRECIS (RFC 8265) does not.
func strange(t *testing.T, s *xmppserver.Server) {
	for _, user := range []string{"€", "zoë"} {
		c, err := s.Dial(t.Context(), user, "phone & <desk> ☺")
		if err != nil {
			t.Errorf("%s: %v", user, err)
			continue
		}
		if err := c.Close(); err != nil {
			t.Errorf("%s: %v", user, err)
		}
	}
}

func answers(t *testing.T, s *xmppserver.Server) {
	attach(t, s)
	ann := dial(t, s, "ann")
	if _, err := ann.Say("bob@"+s.Component, "balance"); err != nil {
		t.Fatal(err)
	}
	hear(t, ann, "bob@"+s.Component, "you said balance")
}

func subscribes(t *testing.T, s *xmppserver.Server) {
	ann := dial(t, s, "ann")
	bob := dial(t, s, "bob")
	if err := ann.Presence("bob@"+s.Domain, "subscribe"); err != nil {
		t.Fatal(err)
	}
	_, err := ann.Expect(t.Context(), func(p xmppclient.Stanza) bool {
		return p.Kind() == "presence" && p.Type() == "" && p.From() == bob.JID
	})
	if err != nil {
		t.Fatal(err)
	}
	items, err := ann.Roster(t.Context())
	if err != nil || !slices.ContainsFunc(items, func(i *xmppclient.Element) bool { return i.Attribute("jid") == "bob@"+s.Domain }) {
		t.Errorf("roster is %v (%v)", items, err)
	}
}

func bad(t *testing.T, s *xmppserver.Server) {
	ann, bob := dial(t, s, "ann"), dial(t, s, "bob")
	if err := ann.SendRaw("<message></iq>"); err != nil {
		t.Fatal(err)
	}
	<-ann.Ended()
	if _, err := ann.Next(t.Context()); err == nil {
		if _, err = ann.IQ(t.Context(), "", "get", "<query xmlns='jabber:iq:roster'/>"); err == nil {
			t.Error("ann is still there")
		}
	}
	if _, err := bob.Roster(t.Context()); err != nil {
		t.Errorf("bob: %v", err)
	}
}

func restart(t *testing.T, s *xmppserver.Server) {
	ann := dial(t, s, "ann")
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	<-ann.Ended()
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	dial(t, s, "ann")
	answers(t, s)
}
