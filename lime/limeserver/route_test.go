package limeserver_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

// person is somebody with a session, and all that came to it.
type person struct {
	*limeclient.Channel
	t        *testing.T
	messages chan *lime.Message
	events   chan *lime.Notification
}

func join(t *testing.T, s *limetest.Server, at string) *person {
	t.Helper()
	p := &person{t: t, messages: make(chan *lime.Message, 256), events: make(chan *lime.Notification, 256)}
	d := limetest.Dialer("")
	d.Node = node(at)
	d.Mux = limeclient.NewMux()
	d.Mux.Messages("", func(_ context.Context, _ *limeclient.Channel, m *lime.Message) error {
		p.messages <- m
		return nil
	})
	d.Mux.Notifications(func(_ context.Context, _ *limeclient.Channel, n *lime.Notification) { p.events <- n })
	d.Mux.Handle(lime.Get, "/weather", func(_ context.Context, r *limeclient.Request) (lime.Document, error) {
		return lime.Text("sunny for " + r.From.String() + " at " + p.Local().Instance), nil
	})
	p.Channel = dial(t, s, d)
	return p
}

// there makes a session available.
func (p *person) there(presence lime.Presence) *person {
	p.t.Helper()
	presence.Status = lime.Available
	if _, err := p.Do(ctxOf(p.t), lime.Set, "/presence", presence); err != nil {
		p.t.Fatal(err)
	}
	return p
}

func (p *person) say(m *lime.Message) {
	p.t.Helper()
	if m.Content == nil {
		m.Content = lime.Text("hi")
	}
	if err := p.Send(ctxOf(p.t), m); err != nil {
		p.t.Fatal(err)
	}
}

// quiet says that nothing came before what the session sends to itself now.
func (p *person) quiet() {
	p.t.Helper()
	p.say(&lime.Message{Header: lime.Header{To: p.Local()}, Content: lime.Text("the end")})
	if m := next(p.t, p.messages, "message to oneself"); m.From != p.Local() {
		p.t.Errorf("%s got %+v", p.Local(), m)
	}
}

func header(id, to string) lime.Header { return lime.Header{ID: id, To: node(to)} }

func TestWhereEnvelopesGo(t *testing.T) {
	for name, tt := range map[string]struct {
		from, to string
		want     lime.Code // of the failure; 0: the server reads it
	}{
		"to nobody in particular":   {"", "", 0},
		"to the server":             {"", "postmaster@localhost/test", 0},
		"to the postmaster":         {"", "postmaster@localhost", 0},
		"to the postmaster, short":  {"", "postmaster", 0},
		"to the domain":             {"", "localhost", 0},
		"to a contact":              {"", "shop@localhost", 0},
		"to a name with an address": {"", "alice%40host@localhost", 0},
		"to a name that isnt there": {"", "carol@localhost", lime.DestinationNotFound},
		"to an account":             {"", "bob@localhost", lime.UnauthorizedSender},
		"to a foreign domain":       {"", "bob@example.com", lime.GatewayNotFound},
		"as itself":                 {"alice@localhost/test", "", 0},
		"as itself, in short":       {"Alice", "", 0},
		"as its other instance":     {"alice@localhost/other", "", 0},
		"as somebody else":          {"bob@localhost/test", "", lime.PermissionRequired},
		"as the server":             {"postmaster@localhost/test", "", lime.PermissionRequired},
	} {
		t.Run(name, func(t *testing.T) {
			s := limetest.New()
			s.Relay = nil
			s.Directory = func(_ context.Context, i lime.Identity) (limeserver.Place, error) {
				return map[string]limeserver.Place{"bob": limeserver.AtHome, "shop": limeserver.AtServer, "alice%40host": limeserver.AtServer}[i.Name], nil
			}
			read := make(chan *lime.Message, 1)
			s.Mux.Messages("", func(_ context.Context, _ *limeserver.Channel, m *lime.Message) error {
				read <- m
				return nil
			})
			alice := join(t, s, "alice@localhost/test")
			h := header("1", tt.to)
			h.From = node(tt.from)
			h.PP = node("bob@localhost") // what a client claims here counts for nothing
			alice.say(&lime.Message{Header: h})
			if tt.want != 0 {
				if n := next(t, alice.events, "failure"); n.Event != lime.Failed || n.Reason.Code != tt.want {
					t.Errorf("got %v, %v", n.Event, n.Reason)
				}
				return
			}
			m := next(t, read, "message")
			if m.From != alice.Local() || !m.PP.IsZero() {
				t.Errorf("it came from %s, pp %s", m.From, m.PP)
			}
		})
	}
}

func TestAccountsWriteToEachOther(t *testing.T) {
	s := limetest.New()
	s.Relay = func(_ context.Context, from *limeserver.Channel, to lime.Identity, _ lime.Envelope) error {
		if to.Name == "bob" || from.Remote().Name == "bob" {
			return nil
		}
		return lime.Errorf(lime.Blocked, "they do not talk")
	}
	s.Add("carol", "secret", "")
	alice, bob := join(t, s, "alice@localhost/test"), join(t, s, "bob@localhost/test").there(lime.Presence{})
	receipts := lime.Receipt{Events: []lime.Event{lime.Accepted, lime.Dispatched, lime.Received, lime.Consumed}}
	if _, err := alice.Do(ctxOf(t), lime.Set, "/receipt", receipts); err != nil {
		t.Fatal(err)
	}
	alice.say(&lime.Message{Header: header("1", "bob@localhost")})
	if m := next(t, bob.messages, "message"); m.From != alice.Local() || m.ID != "1" {
		t.Errorf("bob got %+v", m)
	}
	for _, want := range []lime.Event{lime.Accepted, lime.Dispatched} {
		if n := next(t, alice.events, "event"); n.Event != want || n.From.Name != "bob" {
			t.Errorf("got %s from %s, want %s", n.Event, n.From, want)
		}
	}
	if err := bob.Notify(ctxOf(t), &lime.Message{Header: lime.Header{ID: "1", From: alice.Local()}}, lime.Consumed); err != nil {
		t.Fatal(err)
	}
	if n := next(t, alice.events, "event"); n.Event != lime.Consumed || n.From != bob.Local() {
		t.Errorf("got %s from %s", n.Event, n.From)
	}
	// A command and its response.
	got, err := alice.Process(ctxOf(t), &lime.Command{Header: header("c", "bob@localhost"), Method: lime.Get, URI: "/weather"})
	if err != nil || got.From != bob.Local() {
		t.Fatalf("got %+v, %v", got, err)
	}
	if text, _ := lime.As[lime.Text](got.Resource); text != "sunny for alice@localhost/test at test" {
		t.Errorf("got %q", text)
	}
	alice.say(&lime.Message{Header: header("2", "carol@localhost")})
	if n := next(t, alice.events, "failure"); n.Event != lime.Failed || n.Reason.Code != lime.Blocked {
		t.Errorf("got %s, %v", n.Event, n.Reason)
	}
	if _, err := alice.Process(ctxOf(t), &lime.Command{Header: header("d", "carol@localhost"), Method: lime.Get, URI: "/weather"}); code(err) != lime.Blocked {
		t.Errorf("got %v", err)
	}
}

func TestWhichSessionGetsIt(t *testing.T) {
	for name, tt := range map[string]struct {
		sessions map[string]lime.Presence // by instance; without status: not there
		to       string
		want     map[string]int // how many of four messages
	}{
		"all that are there":         {map[string]lime.Presence{"a": {Status: "x"}, "b": {Status: "x"}, "c": {}}, "bob@localhost", map[string]int{"a": 4, "b": 4}},
		"by its full address":        {map[string]lime.Presence{"a": {Status: "x"}, "c": {}}, "bob@localhost/c", map[string]int{"c": 4}},
		"an instance that is gone":   {map[string]lime.Presence{"a": {Status: "x"}}, "bob@localhost/z", map[string]int{"a": 4}},
		"instances by address only":  {map[string]lime.Presence{"a": {Status: "x", RoutingRule: lime.RouteInstance}, "b": {Status: "x"}}, "bob@localhost", map[string]int{"b": 4}},
		"in turns":                   {map[string]lime.Presence{"a": {Status: "x", RoundRobin: true}, "b": {Status: "x", RoundRobin: true}}, "bob@localhost", map[string]int{"a": 2, "b": 2}},
		"the highest priority first": {map[string]lime.Presence{"a": {Status: "x", RoutingRule: lime.RouteIdentityByPriority, Priority: 1}, "b": {Status: "x", RoutingRule: lime.RouteIdentityByPriority, Priority: 2}}, "bob@localhost", map[string]int{"b": 4}},
	} {
		t.Run(name, func(t *testing.T) {
			s := limetest.New()
			all := map[string]*person{}
			for instance, p := range tt.sessions {
				all[instance] = join(t, s, "bob@localhost/"+instance)
				if p.Status != "" {
					all[instance].there(p)
				}
			}
			for range 4 {
				if _, err := s.Deliver(ctxOf(t), &lime.Message{Header: header("", tt.to), Content: lime.Text("x")}); err != nil {
					t.Fatal(err)
				}
			}
			for instance, p := range all {
				for range tt.want[instance] {
					next(t, p.messages, "message for "+instance)
				}
				p.quiet()
			}
		})
	}
}

func TestNobodyIsThere(t *testing.T) {
	s := limetest.New()
	s.Inbox = &limeserver.MemoryInbox{Size: 2}
	alice := join(t, s, "alice@localhost/test")
	for _, id := range []string{"1", "2", "3"} {
		alice.say(&lime.Message{Header: header(id, "bob@localhost")})
	}
	if n := next(t, alice.events, "failure"); n.ID != "3" || n.Reason.Code != lime.QuotaExceeded {
		t.Errorf("got %s, %v", n.ID, n.Reason)
	}
	if _, err := alice.Process(ctxOf(t), &lime.Command{Header: header("c", "bob@localhost"), Method: lime.Get, URI: "/weather"}); code(err) != lime.DestinationNotFound {
		t.Errorf("a command is not kept: %v", err)
	}
	bob := join(t, s, "bob@localhost/test")
	bob.quiet()
	bob.there(lime.Presence{})
	for _, id := range []string{"1", "2"} {
		if m := next(t, bob.messages, "message"); m.ID != id || m.From != alice.Local() {
			t.Errorf("got %s from %s, want %s", m.ID, m.From, id)
		}
	}
	bob.there(lime.Presence{})
	bob.quiet()
}

// Some address their receipts to themselves, or to nobody.
func TestReceiptsThatAreAddressedWrongly(t *testing.T) {
	s := limetest.New()
	told := make(chan *lime.Notification, 1)
	s.Mux.Notifications(func(_ context.Context, _ *limeserver.Channel, n *lime.Notification) { told <- n })
	alice := join(t, s, "alice@localhost/test")
	for name, to := range map[string]string{"to the server": "postmaster@localhost", "to nobody": "", "to oneself": "alice@localhost/test", "to one's account": "alice@localhost"} {
		if err := alice.Send(ctxOf(t), &lime.Notification{Header: header("m1", to), Event: lime.Received}); err != nil {
			t.Fatal(err)
		}
		if n := next(t, told, "notification "+name); n.ID != "m1" || n.From != alice.Local() {
			t.Errorf("%s: got %+v", name, n)
		}
	}
}
