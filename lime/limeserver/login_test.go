package limeserver_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

func as(name string, a lime.Authentication) *limeclient.Dialer {
	d := limetest.Dialer(name)
	d.Authentication = a
	return d
}

func TestWhoIsLetIn(t *testing.T) {
	for name, tt := range map[string]struct {
		d    *limeclient.Dialer
		role limeserver.Role
		code lime.Code
	}{
		"a password":             {as("alice", lime.WithPassword("secret")), limeserver.Member, 0},
		"another case":           {as("ALICE", lime.WithPassword("secret")), limeserver.Member, 0},
		"a wrong password":       {as("alice", lime.WithPassword("wrong")), 0, lime.AuthenticationFailed},
		"no password":            {as("alice", lime.Authentication{Scheme: lime.SchemePlain}), 0, lime.AuthenticationFailed},
		"a name nobody has":      {as("carol", lime.WithPassword("secret")), 0, lime.AuthenticationFailed},
		"a key":                  {as("alice", lime.WithKey("secret")), limeserver.Member, 0},
		"a wrong key":            {as("alice", lime.WithKey("secret ")), 0, lime.AuthenticationFailed},
		"a token":                {as("alice", lime.WithToken("secret", "test")), limeserver.Member, 0},
		"a token of another":     {as("alice", lime.WithToken("secret", "them")), 0, lime.AuthenticationFailed},
		"a guest":                {as("alice", lime.AsGuest()), limeserver.Visitor, 0},
		"no certificate":         {as("alice", lime.WithCertificate()), 0, lime.AuthenticationFailed},
		"a scheme of their own":  {as("alice", lime.Authentication{Scheme: "dance"}), 0, lime.AuthenticationFailed},
		"somebody of elsewhere":  {&limeclient.Dialer{Node: node("alice@elsewhere"), Authentication: lime.WithPassword("secret")}, 0, lime.InvalidIdentity},
		"a name without domain":  {&limeclient.Dialer{Node: node("alice"), Authentication: lime.WithPassword("secret")}, limeserver.Member, 0},
		"no name, and a secret":  {&limeclient.Dialer{Authentication: lime.WithPassword("secret")}, 0, lime.AuthenticationFailed},
		"nobody, so it is guest": {&limeclient.Dialer{}, limeserver.Visitor, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := limetest.New()
			c, err := try(t, s, tt.d)
			if code(err) != tt.code {
				t.Fatalf("got %v", err)
			}
			if err != nil {
				return
			}
			if c.Local().Domain != limetest.Domain || c.Local().Instance == "" {
				t.Errorf("got the node %s", c.Local())
			}
			there := s.Sessions(c.Local().Identity)
			if len(there) != 1 || there[0].Role() != tt.role {
				t.Errorf("got %v", there)
			}
			if tt.role == limeserver.Visitor && strings.EqualFold(c.Local().Name, "alice") {
				t.Error("a guest has the name of an account")
			}
		})
	}
}

func TestAWrongNameAndAWrongPasswordAreTheSame(t *testing.T) {
	_, one := try(t, limetest.New(), as("alice", lime.WithPassword("wrong")))
	_, two := try(t, limetest.New(), as("carol", lime.WithPassword("wrong")))
	if one == nil || two == nil || one.Error() != two.Error() || !errors.Is(one, lime.ErrRefused) {
		t.Errorf("got %v and %v", one, two)
	}
}

// What an authenticator cannot decide is no reason to let somebody in.
func TestAnAuthenticatorThatFails(t *testing.T) {
	for name, tt := range map[string]struct {
		g    limeserver.Grant
		err  error
		code lime.Code
	}{
		"a database that is away": {limeserver.Grant{Role: limeserver.Member}, errors.New("dial tcp 10.0.0.1: secret things"), lime.SessionError},
		"a grant of nothing":      {limeserver.Grant{}, nil, lime.AuthenticationFailed},
		"questions without end":   {limeserver.Grant{Role: limeserver.Member, Challenge: &lime.Authentication{Password: "again"}}, nil, lime.AuthenticationFailed},
	} {
		t.Run(name, func(t *testing.T) {
			s := limetest.New()
			s.Authenticators[lime.SchemePlain] = func(context.Context, limeserver.Login) (limeserver.Grant, error) { return tt.g, tt.err }
			d := limetest.Dialer("alice")
			d.Answer = func(_ context.Context, a lime.Authentication) (lime.Authentication, error) { return a, nil }
			_, err := try(t, s, d)
			if code(err) != tt.code || contains(err.Error(), "secret things") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// An authenticator may ask back, and sees how often it did.
func TestAChallenge(t *testing.T) {
	s := limetest.New()
	s.Authenticators[lime.SchemePlain] = func(_ context.Context, l limeserver.Login) (limeserver.Grant, error) {
		switch {
		case l.Round == 0:
			return limeserver.Grant{Challenge: &lime.Authentication{Password: "7+5"}}, nil
		case l.Authentication.Password == "12":
			return limeserver.Grant{Role: limeserver.Member}, nil
		}
		return limeserver.Grant{}, lime.ErrRefused
	}
	d := limetest.Dialer("alice")
	d.Answer = func(_ context.Context, a lime.Authentication) (lime.Authentication, error) {
		if a.Password != "7+5" {
			t.Errorf("asked %q", a.Password)
		}
		return lime.WithPassword("12"), nil
	}
	dial(t, s, d)
}

// A guest may use what is for guests, and make an account.
func TestAGuestMakesAnAccount(t *testing.T) {
	s := limetest.New()
	s.Mux.Messages(lime.TextPlain, func(context.Context, *limeserver.Channel, *lime.Message) error { return nil })
	failed := make(chan *lime.Reason, 1)
	d := &limeclient.Dialer{Mux: limeclient.NewMux()}
	d.Mux.Notifications(func(_ context.Context, _ *limeclient.Channel, n *lime.Notification) { failed <- n.Reason })
	c := dial(t, s, d)
	ctx := ctxOf(t)
	if _, err := c.Do(ctx, lime.Get, lime.PingURI, nil); err != nil {
		t.Errorf("ping: %v", err)
	}
	if _, err := c.Do(ctx, lime.Get, "/account", nil); code(err) != lime.Authorization {
		t.Errorf("account: %v", err)
	}
	for to, want := range map[string]lime.Code{"": lime.Authorization, "alice@localhost": lime.Authorization} {
		if err := c.Send(ctx, &lime.Message{Header: lime.Header{ID: "1", To: node(to)}, Content: lime.Text("x")}); err != nil {
			t.Fatal(err)
		}
		if r := next(t, failed, "failure"); r == nil || r.Code != want {
			t.Errorf("to %q: %v", to, r)
		}
	}
	account := lime.Account{FullName: "Carol", Password: "bmV3IQ=="}
	if _, err := c.Do(ctx, lime.Set, "lime://alice@localhost/account", account); code(err) != lime.NotAllowed {
		t.Errorf("a name that is taken: %v", err)
	}
	if _, err := c.Do(ctx, lime.Set, "lime://carol@localhost/account", account); err != nil {
		t.Errorf("carol: %v", err)
	}
	dial(t, s, as("carol", lime.WithPassword("new!")))
}

// A bot that lost its connection gets back in.
func TestTheSameNodeTwice(t *testing.T) {
	s := limetest.New()
	one := dial(t, s, limetest.Dialer("alice"))
	two := dial(t, s, limetest.Dialer("Alice"))
	next(t, one.Done(), "end")
	if one.Err() != nil {
		t.Errorf("the old session ended with %v", one.Err())
	}
	if there := s.Sessions(two.Local().Identity); len(there) != 1 || there[0].ID() != two.ID() {
		t.Errorf("got %v", there)
	}
	if _, err := two.Do(ctxOf(t), lime.Get, lime.PingURI, nil); err != nil {
		t.Error(err)
	}
}

func TestMoreSessionsThanAnAccountMayHave(t *testing.T) {
	s := limetest.New()
	s.Limits.Sessions = 2
	for i, want := range []lime.Code{0, 0, lime.RegistrationError} {
		d := limetest.Dialer("alice")
		d.Node.Instance = ""
		if _, err := try(t, s, d); code(err) != want {
			t.Errorf("session %d: %v", i+1, err)
		}
	}
}

func TestRegistration(t *testing.T) {
	s := limetest.New()
	s.Register = func(_ context.Context, want lime.Node, g limeserver.Grant) (lime.Node, error) {
		if want.Instance == "taken" || g.Principal != "alice" {
			return lime.Node{}, lime.Errorf(lime.RegistrationError, "no")
		}
		want.Instance += "-1"
		return want, nil
	}
	if c := dial(t, s, limetest.Dialer("alice")); c.Local().Instance != "test-1" {
		t.Errorf("got %s", c.Local())
	}
	d := limetest.Dialer("alice")
	d.Node.Instance = "taken"
	if _, err := try(t, s, d); code(err) != lime.RegistrationError {
		t.Errorf("got %v", err)
	}
}

// Secrets are neither asked for nor sent where others can read them.
func TestSecretsNeedALockedDoor(t *testing.T) {
	offered := func(s *limetest.Server, i lime.Info) []lime.Scheme {
		client, server := lime.Pipe()
		accept(t, s, from{server, i})
		if err := client.Send(ctxOf(t), [][]byte{[]byte(`{"state":"new"}`)}); err != nil {
			t.Fatal(err)
		}
		b, err := client.Receive()
		if err != nil {
			t.Fatal(err)
		}
		e, err := lime.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		client.Abort()
		return e.(*lime.Session).SchemeOptions
	}
	open := lime.Info{Kind: "tcp", Remote: "192.0.2.1", Encryption: lime.NoEncryption}
	secure := open
	secure.Encryption = lime.TLS
	if got := offered(limetest.New(), open); !slices.Equal(got, []lime.Scheme{lime.SchemeGuest}) {
		t.Errorf("offered %v", got)
	}
	for name, tt := range map[string]struct {
		i     lime.Info
		allow bool
		want  lime.Code
	}{
		"an open network":         {open, false, lime.AuthenticationFailed},
		"an encrypted connection": {secure, false, 0},
		"the operator says so":    {open, true, 0},
		"this machine":            {lime.Info{Kind: "tcp", Remote: "::1"}, false, 0},
	} {
		s := limetest.New()
		s.AllowPlainSecrets = tt.allow
		client, server := lime.Pipe()
		accept(t, s, from{server, tt.i})
		_, err := keep(t)(limetest.Dialer("alice").Establish(ctxOf(t), client))
		if code(err) != tt.want {
			t.Errorf("%s: the server: %v", name, err)
		}
		client, server = lime.Pipe()
		accept(t, limetest.New(), server)
		d := limetest.Dialer("alice")
		d.AllowPlainSecrets = tt.allow
		_, err = keep(t)(d.Establish(ctxOf(t), from{client, tt.i}))
		if (err == nil) != (tt.want == 0) {
			t.Errorf("%s: the client: %v", name, err)
		}
	}
}
