package limeserver_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

func TestCommandsOnResources(t *testing.T) {
	s := limetest.New()
	say := func(what string) limeserver.CommandHandler {
		return func(_ context.Context, r *limeserver.Request) (lime.Document, error) {
			return lime.Text(what + " " + r.Var("code") + " " + r.Query.Get("x")), nil
		}
	}
	s.Mux.Handle(lime.Get, "/orders", say("list"))
	s.Mux.Handle(lime.Get, "/orders/{code}", say("one"))
	s.Mux.Handle(lime.Set, "/orders/{code}/confirm", say("confirm"))
	s.Mux.Handle(lime.Get, "/orders/special", say("special"))
	s.Mux.Handle(lime.Get, "/broken", func(context.Context, *limeserver.Request) (lime.Document, error) { return nil, errors.New("secret") })
	s.Mux.Handle(lime.Get, "/odd", func(context.Context, *limeserver.Request) (lime.Document, error) {
		return lime.JSON{Value: func() {}}, nil
	})
	s.Mux.Handle(lime.Get, "/short", func(context.Context, *limeserver.Request) (lime.Document, error) {
		return nil, lime.Errorf(lime.FirstOfAnApplication+1, "not enough")
	})
	c := dial(t, s, limetest.Dialer("alice"))
	for _, tt := range []struct {
		method lime.Method
		uri    lime.URI
		want   string
		code   lime.Code
	}{
		{lime.Get, "/orders", "list  ", 0},
		{lime.Get, "/orders/", "list  ", 0},
		{lime.Get, "/ORDERS?x=y%20z", "list  y z", 0},
		{lime.Get, "/orders/K7fw", "one K7fw ", 0},
		{lime.Get, "/orders/a%20b", "one a b ", 0},
		{lime.Get, "/orders/special", "special  ", 0},
		{lime.Set, "/orders/k7fw/confirm", "confirm k7fw ", 0},
		{lime.Get, "lime://alice@localhost/orders", "list  ", 0},
		{lime.Get, "lime://postmaster@localhost/orders", "list  ", 0},
		{lime.Delete, "/orders/k7fw", "", lime.MethodNotSupported},
		{lime.Get, "/orders/k7fw/more/and/more", "", lime.NotFound},
		{lime.Get, "/orders//confirm", "", lime.NotFound},
		{lime.Get, "/", "", lime.NotFound},
		{lime.Get, "/broken", "", lime.Processing},
		{lime.Get, "/odd", "", lime.Processing},
		{lime.Get, "/short", "", 1001},
	} {
		got, err := c.Do(ctxOf(t), tt.method, tt.uri, nil)
		text, _ := lime.As[lime.Text](got)
		if code(err) != tt.code || string(text) != tt.want {
			t.Errorf("%s %s: got %q, %v", tt.method, tt.uri, text, err)
		}
		if err != nil && contains(err.Error(), "secret") {
			t.Errorf("%s tells %v", tt.uri, err)
		}
	}
}

func TestWhatEveryServerAnswers(t *testing.T) {
	s := limetest.New()
	s.Capability = lime.Capability{ContentTypes: []lime.MediaType{lime.TextPlain}}
	c := dial(t, s, limetest.Dialer("alice"))
	ctx := ctxOf(t)
	there := s.Sessions(c.Local().Identity)[0]
	do := func(m lime.Method, uri lime.URI, d lime.Document) lime.Document {
		t.Helper()
		got, err := c.Do(ctx, m, uri, d)
		if err != nil {
			t.Errorf("%s %s: %v", m, uri, err)
		}
		return got
	}
	do(lime.Set, "/presence", lime.Presence{Status: lime.Available, Priority: 5})
	do(lime.Merge, "/presence", lime.Presence{Status: lime.Away})
	if p, err := lime.As[lime.Presence](do(lime.Get, "/presence", nil)); err != nil || p.Status != lime.Away || p.Priority != 5 {
		t.Errorf("got %+v, %v", p, err)
	}
	do(lime.Delete, "/presence", nil)
	if p := there.Presence(); p.Status != "" {
		t.Errorf("got %+v", p)
	}
	do(lime.Set, "/receipt", lime.Receipt{Events: []lime.Event{lime.Received, "deleted", "sung"}})
	if r, err := lime.As[lime.Receipt](do(lime.Get, "/receipt", nil)); err != nil || len(r.Events) != 3 {
		t.Errorf("got %+v, %v", r, err)
	}
	if got, err := lime.As[lime.Capability](do(lime.Get, "/capability", nil)); err != nil || len(got.ContentTypes) != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	do(lime.Set, "/capability", lime.Capability{ContentTypes: []lime.MediaType{lime.TextPlain}})
	do(lime.Merge, "/capability", lime.Capability{ContentTypes: []lime.MediaType{lime.TypeSelect}})
	if got := there.Capability(); len(got.ContentTypes) != 2 {
		t.Errorf("got %+v", got)
	}
	if q, err := lime.As[lime.Quota](do(lime.Get, "/quota", nil)); err != nil || q.MaxEnvelopeSize != 256<<10 {
		t.Errorf("got %+v, %v", q, err)
	}
	many := lime.Receipt{Events: make([]lime.Event, 100)}
	if _, err := c.Do(ctx, lime.Set, "/receipt", many); code(err) != lime.InvalidArgument {
		t.Errorf("100 events: %v", err)
	}
	for _, uri := range []lime.URI{"/presence", "/receipt", "/capability"} {
		if _, err := c.Do(ctx, lime.Set, uri, nil); code(err) != lime.EmptyDocument {
			t.Errorf("%s of nothing: %v", uri, err)
		}
	}
}

// A server's own handler comes before what every server answers.
func TestAServersOwnPing(t *testing.T) {
	s := limetest.New()
	s.Mux.Handle(lime.Get, "/ping", func(context.Context, *limeserver.Request) (lime.Document, error) { return lime.Text("own"), nil })
	got, err := dial(t, s, limetest.Dialer("alice")).Do(ctxOf(t), lime.Get, lime.PingURI, nil)
	if text, _ := lime.As[lime.Text](got); err != nil || text != "own" {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestPages(t *testing.T) {
	s := limetest.New()
	s.Mux.Handle(lime.Get, "/list", func(_ context.Context, r *limeserver.Request) (lime.Document, error) {
		skip, take, err := r.Page(10)
		return lime.JSON{Value: []int{skip, take}}, err
	})
	c := dial(t, s, limetest.Dialer("alice"))
	for uri, want := range map[lime.URI]string{
		"/list": "[0,10]", "/list?$skip=3&$take=2": "[3,2]", "/list?skip=3": "[3,10]", "/list?take=99": "[0,10]", "/list?take=-1": "", "/list?skip=x": "",
	} {
		got, err := c.Do(ctxOf(t), lime.Get, uri, nil)
		if want == "" {
			if code(err) != lime.InvalidArgument {
				t.Errorf("%s: %v", uri, err)
			}
			continue
		}
		if raw, is := got.(lime.Raw); err != nil || !is || string(raw.JSON) != want {
			t.Errorf("%s: got %s, %v", uri, raw.JSON, err)
		}
	}
}

// A handler may take a message now and say later what became of it.
func TestAMessageThatTakesItsTime(t *testing.T) {
	s := limetest.New()
	taken := make(chan func(), 1)
	s.Mux.Messages("", func(_ context.Context, c *limeserver.Channel, m *lime.Message) error {
		taken <- func() { _ = c.Notify(context.Background(), m, lime.Consumed) }
		return limeserver.ErrLater
	})
	alice := join(t, s, "alice@localhost/test")
	if _, err := alice.Do(ctxOf(t), lime.Set, "/receipt", lime.Receipt{Events: []lime.Event{lime.Consumed}}); err != nil {
		t.Fatal(err)
	}
	alice.say(&lime.Message{Header: header("1", "")})
	done := next(t, taken, "message")
	select {
	case n := <-alice.events:
		t.Errorf("got %s too early", n.Event)
	default:
	}
	done()
	if n := next(t, alice.events, "event"); n.Event != lime.Consumed {
		t.Errorf("got %s", n.Event)
	}
}

// Without receipts, and without an id, nothing is told but failures.
func TestWhoWantsNoReceipts(t *testing.T) {
	s := limetest.New()
	s.Mux.Messages(lime.TextPlain, func(context.Context, *limeserver.Channel, *lime.Message) error { return nil })
	alice := join(t, s, "alice@localhost/test")
	alice.say(&lime.Message{Header: header("1", "")})
	alice.say(&lime.Message{Content: lime.JSON{Value: 1}})
	alice.say(&lime.Message{Header: header("2", ""), Content: lime.JSON{Value: 1}})
	if n := next(t, alice.events, "event"); n.ID != "2" || n.Event != lime.Failed {
		t.Errorf("got %s of %s", n.Event, n.ID)
	}
}
