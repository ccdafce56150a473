package limeserver_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

func TestDelegation(t *testing.T) {
	s := limetest.New()
	s.Mux.Messages("", func(_ context.Context, c *limeserver.Channel, m *lime.Message) error {
		return c.Send(context.Background(), &lime.Message{Header: lime.Header{ID: m.From.String() + " " + m.PP.String()}, Content: m.Content})
	})
	alice, bot := join(t, s, "alice@localhost/test"), join(t, s, "bob@localhost/bot")
	ctx := ctxOf(t)
	asAlice := func(d lime.Document) *lime.Message {
		return &lime.Message{Header: lime.Header{ID: "1", From: node("alice@localhost")}, Content: d}
	}
	set := func(d lime.Delegation) {
		t.Helper()
		if _, err := alice.Do(ctx, lime.Set, "/delegations/bob", d); err != nil {
			t.Fatal(err)
		}
	}
	refused := func() {
		t.Helper()
		if n := next(t, bot.events, "failure"); n.Reason.Code != lime.PermissionRequired {
			t.Errorf("got %v", n.Reason)
		}
	}
	bot.say(asAlice(lime.Text("x")))
	refused()
	set(lime.Delegation{Messages: []lime.DelegatedMessage{{Type: lime.TextPlain}}, Commands: []lime.DelegatedCommandURI{{Method: lime.Get, URI: "/account"}}})
	bot.say(asAlice(lime.Text("x")))
	if m := next(t, bot.messages, "message"); m.ID != "alice@localhost bob@localhost/bot" {
		t.Errorf("it came from %s", m.ID)
	}
	bot.say(asAlice(lime.JSON{Value: 1})) // of another type
	refused()
	got, err := bot.Do(ctx, lime.Get, "lime://alice@localhost/account", nil)
	if a, _ := lime.As[lime.Account](got); err != nil || a.FullName != "alice" {
		t.Errorf("got %+v, %v", got, err)
	}
	for name, uri := range map[string]lime.URI{"other resources": "lime://alice@localhost/receipt", "her delegations": "lime://alice@localhost/delegations"} {
		if _, err := bot.Do(ctx, lime.Get, uri, nil); code(err) != lime.PermissionRequired {
			t.Errorf("%s: %v", name, err)
		}
	}
	set(lime.Delegation{EnvelopeTypes: []string{"command"}})
	if _, err := bot.Do(ctx, lime.Set, "lime://alice@localhost/delegations/carol", lime.Delegation{EnvelopeTypes: []string{"message"}}); code(err) != lime.PermissionRequired {
		t.Errorf("a delegate made a delegation: %v", err)
	}
	if _, err := alice.Do(ctx, lime.Merge, "/delegations", lime.Delegation{Target: node("bob").Identity, Messages: []lime.DelegatedMessage{{Type: "a/b"}}}); err != nil {
		t.Error(err)
	}
	doc, err := alice.Do(ctx, lime.Get, "/delegations", nil)
	if all, _ := lime.Items[lime.Delegation](doc); err != nil || len(all) != 1 || len(all[0].Messages) != 1 || len(all[0].EnvelopeTypes) != 1 || all[0].Target != node("bob@localhost").Identity {
		t.Errorf("got %+v, %v", all, err)
	}
	if _, err := alice.Do(ctx, lime.Delete, "/delegations/bob@localhost", nil); err != nil {
		t.Error(err)
	}
	if _, err := bot.Do(ctx, lime.Get, "lime://alice@localhost/account", nil); code(err) != lime.PermissionRequired {
		t.Errorf("after it was taken back: %v", err)
	}
	if _, err := alice.Do(ctx, lime.Get, "/delegations/bob@localhost", nil); code(err) != lime.NotFound {
		t.Errorf("after it was taken back: %v", err)
	}
}

func TestOnlyAnAuthoritySpeaksForTheDomain(t *testing.T) {
	s := limetest.New()
	s.Authenticators[lime.SchemeKey] = func(context.Context, limeserver.Login) (limeserver.Grant, error) {
		return limeserver.Grant{Role: limeserver.Authority}, nil
	}
	alice := join(t, s, "alice@localhost/test")
	if _, err := alice.Do(ctxOf(t), lime.Set, "/presence", lime.Presence{Status: lime.Available, RoutingRule: lime.RouteDomain}); code(err) != lime.NotAllowed {
		t.Errorf("got %v", err)
	}
	come := make(chan *lime.Message, 1)
	d := as("gateway", lime.WithKey("x"))
	d.Mux = limeclient.NewMux()
	d.Mux.Messages("", func(_ context.Context, _ *limeclient.Channel, m *lime.Message) error { come <- m; return nil })
	gateway := dial(t, s, d)
	if _, err := gateway.Do(ctxOf(t), lime.Set, "/presence", lime.Presence{Status: lime.Available, RoutingRule: lime.RouteDomain}); err != nil {
		t.Fatal(err)
	}
	alice.say(&lime.Message{Header: header("1", "nobody@localhost")})
	if m := next(t, come, "message"); m.To.Name != "nobody" {
		t.Errorf("got %+v", m)
	}
	alice.there(lime.Presence{})
	if err := gateway.Send(ctxOf(t), &lime.Message{Header: lime.Header{From: node("nobody@localhost"), To: node("alice@localhost")}, Content: lime.Text("x")}); err != nil {
		t.Fatal(err)
	}
	if m := next(t, alice.messages, "message"); m.From.Name != "nobody" || m.PP != gateway.Local() {
		t.Errorf("got %+v", m)
	}
}
