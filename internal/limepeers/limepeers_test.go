package limepeers_test

import (
	"context"
	"encoding/json"
	"testing"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/limepeers"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server answers every text with the same text, and lets balances be observed.
func server(t *testing.T) *limetest.Server {
	s := limetest.New()
	s.Mux.Messages(lime.TextPlain, func(ctx context.Context, c *limeserver.Channel, m *lime.Message) error {
		return c.Send(ctx, &lime.Message{Header: lime.Header{ID: "echo-" + m.ID}, Content: m.Content})
	})
	s.Mux.Observable("/balance", nil)
	s.Mux.Handle(lime.Delete, "/account", func(context.Context, *limeserver.Request) (lime.Document, error) { return nil, nil })
	return s.Start(t)
}

func ordinary(s *limetest.Server, scheme, secret string) limepeers.Options {
	return limepeers.Options{URL: s.WS, Identity: "alice@localhost", Instance: "js", Scheme: scheme, Secret: secret, Issuer: "test"}
}

func TestAnOrdinaryClient(t *testing.T) {
	s := server(t)
	o := ordinary(s, "plain", "secret")
	o.Receipts = true
	p := limepeers.Start(t, limepeers.Ordinary, o)
	if got := p.Did("open").Protocol; got != lime.Subprotocol {
		t.Errorf("got the subprotocol %q", got)
	}
	if got := p.Did("established"); got.Local != "alice@localhost/js" || got.Remote != s.Node.String() {
		t.Errorf("got %s at %s", got.Local, got.Remote)
	}

	want := func(answer limepeers.Envelope, status string, code float64) {
		t.Helper()
		reason, _ := answer["reason"].(map[string]any)
		if got, _ := reason["code"].(float64); answer["status"] != status || got != code {
			t.Errorf("got %v", answer)
		}
		if answer["uri"] != nil {
			t.Errorf("a response with a uri: %v", answer)
		}
	}
	want(p.Do(limepeers.Envelope{"id": "1", "method": "get", "uri": "/account"}), "success", 0)
	want(p.Do(limepeers.Envelope{"id": "2", "method": "get", "uri": "/ping"}), "success", 0)
	want(p.Do(limepeers.Envelope{"id": "3", "method": "get", "uri": "/nothing"}), "failure", 67)
	want(p.Do(limepeers.Envelope{"id": "4", "method": "merge", "uri": "/account", "type": "text/plain", "resource": "x"}), "failure", 63)
	want(p.Do(limepeers.Envelope{"id": "5", "method": "set", "uri": "/receipt", "type": "application/vnd.lime.receipt+json",
		"resource": map[string]any{"events": []string{"received", "consumed", "deleted", "sung"}}}), "success", 0)
	want(p.Do(limepeers.Envelope{"id": "6", "method": "delete", "uri": "/account"}), "success", 0)
	want(p.Do(limepeers.Envelope{"id": "7", "method": "subscribe", "uri": "/balance"}), "success", 0)

	p.Order("message", limepeers.Envelope{"id": "m1", "type": "text/plain", "content": "hällo"})
	p.Came(limepeers.Envelope{"id": "m1", "event": "received"})
	p.Came(limepeers.Envelope{"id": "echo-m1", "content": "hällo"})
	p.Came(limepeers.Envelope{"id": "m1", "event": "consumed"})

	alice := lime.Identity{Name: "alice", Domain: limetest.Domain}
	s.Observe(alice, "/balance", lime.JSON{Value: 7})
	p.Came(limepeers.Envelope{"method": "observe", "uri": "/balance", "resource": float64(7)})

	// The server asks the client: its library answers pings by itself.
	channel := s.Sessions(alice)[0]
	if _, err := channel.Do(t.Context(), lime.Get, lime.PingURI, nil); err != nil {
		t.Error(err)
	}

	// What makes no sense does not end the session.
	p.Order("raw", limepeers.Envelope{"id": "bad", "type": "text/plain", "content": 5})
	p.Came(limepeers.Envelope{"id": "bad", "event": "failed"})
	want(p.Do(limepeers.Envelope{"id": "8", "method": "get", "uri": "/ping"}), "success", 0)

	p.Order("finish", nil)
	p.Came(limepeers.Envelope{"state": "finished"})
	p.Did("closed")
	<-channel.Done()
	if err := channel.Err(); err != nil {
		t.Error(err)
	}
}

func TestSchemesOfAnOrdinaryClient(t *testing.T) {
	s := server(t)
	for name, tt := range map[string]struct {
		scheme, secret string
		in             bool
	}{
		"a password":                {"plain", "secret", true},
		"a wrong password":          {"plain", "wrong", false},
		"a key":                     {"key", "secret", true},
		"a token":                   {"external", "secret", true},
		"a wrong token":             {"external", "wrong", false},
		"a guest":                   {"guest", "", true},
		"no certificate to look at": {"transport", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			o := ordinary(s, tt.scheme, tt.secret)
			o.Instance = tt.scheme
			p := limepeers.Start(t, limepeers.Ordinary, o)
			if tt.in {
				p.Did("established")
				return
			}
			var session struct {
				Reason lime.Reason `json:"reason"`
			}
			line := p.Did("refused")
			if err := json.Unmarshal(line.Session, &session); err != nil || session.Reason.Code != lime.AuthenticationFailed {
				t.Errorf("got %s, %v", line.Session, err)
			}
		})
	}
}

// The SDK connects only if presence and receipts can be set right away.
func TestABotOfBLiP(t *testing.T) {
	s := server(t)
	heard := make(chan lime.Notification, 16)
	s.Mux.Notifications(func(_ context.Context, _ *limeserver.Channel, n *lime.Notification) { heard <- *n })
	p := limepeers.Start(t, limepeers.Bot, limepeers.Options{URL: s.WS, Identity: "bob@localhost", Instance: "bot", Secret: "secret"})
	p.Did("established")

	bob := lime.Identity{Name: "bob", Domain: limetest.Domain}
	channel := s.Sessions(bob)[0]
	if got := channel.Presence(); got.Status != lime.Available {
		t.Errorf("got the presence %v", got)
	}
	p.Order("message", limepeers.Envelope{"id": "m1", "type": "text/plain", "content": "balance"})
	p.Came(limepeers.Envelope{"id": "echo-m1", "content": "balance"})

	// It answers what it gets with received and consumed, with nulls inside.
	for _, want := range []lime.Event{lime.Received, lime.Consumed} {
		for n := range heard {
			if n.ID == "echo-m1" && n.Event == want {
				break
			}
		}
	}
	if got := p.Do(limepeers.Envelope{"id": "c1", "method": "get", "uri": "/account"}); got["status"] != "success" {
		t.Errorf("got %v", got)
	}
	p.Order("finish", nil)
	p.Did("closed")
	<-channel.Done()
}
