package limeserver_test

import (
	"context"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

// One conversation over every transport: all four envelopes, both ways.
func TestAConversation(t *testing.T) {
	for _, road := range roads {
		t.Run(road.name, func(t *testing.T) {
			s := limetest.New()
			s.Mux.Messages(lime.TextPlain, func(ctx context.Context, c *limeserver.Channel, m *lime.Message) error {
				text, err := lime.As[lime.Text](m.Content)
				if err != nil {
					return err
				}
				return c.Send(ctx, &lime.Message{Header: lime.Header{ID: "answer"}, Content: lime.Text(strings.ToUpper(string(text)))})
			})
			s.Mux.Observable("/balance", nil)

			events, messages, observed := make(chan lime.Event, 8), make(chan *lime.Message, 8), make(chan *lime.Command, 8)
			d := limetest.Dialer("alice")
			d.Mux = limeclient.NewMux()
			d.Mux.Messages("", func(_ context.Context, _ *limeclient.Channel, m *lime.Message) error {
				messages <- m
				return nil
			})
			d.Mux.Notifications(func(_ context.Context, _ *limeclient.Channel, n *lime.Notification) { events <- n.Event })
			d.Mux.Handle(lime.Observe, "/balance", func(_ context.Context, r *limeclient.Request) (lime.Document, error) {
				observed <- r.Command
				return nil, nil
			})
			ctx := ctxOf(t)
			c, err := keep(t)(d.Establish(ctx, road.connect(t, s, d)))
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Local().String(); got != "alice@localhost/test" {
				t.Errorf("got the node %s", got)
			}
			if got := c.Remote().String(); got != "postmaster@localhost/test" {
				t.Errorf("the server is %s", got)
			}
			all := lime.Receipt{Events: []lime.Event{lime.Accepted, lime.Received, lime.Consumed}}
			if _, err := c.Do(ctx, lime.Set, "/receipt", all); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Do(ctx, lime.Set, "/presence", lime.Presence{Status: lime.Available}); err != nil {
				t.Fatal(err)
			}
			if err := c.Send(ctx, &lime.Message{Header: lime.Header{ID: "m1"}, Content: lime.Text("héllo")}); err != nil {
				t.Fatal(err)
			}
			for _, want := range []lime.Event{lime.Accepted, lime.Received, lime.Consumed} {
				if got := next(t, events, "event"); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
			m := next(t, messages, "message")
			if text, err := lime.As[lime.Text](m.Content); err != nil || text != "HÉLLO" || m.To.String() != "alice@localhost/test" {
				t.Errorf("got %q to %s, %v", text, m.To, err)
			}
			if _, err := c.Do(ctx, lime.Subscribe, "/balance", nil); err != nil {
				t.Fatal(err)
			}
			alice := c.Local().Identity
			if n := s.Observe(alice, "/balance", lime.JSON{Value: 5}); n != 1 {
				t.Errorf("told %d", n)
			}
			if o := next(t, observed, "observe"); o.URI != "/balance" {
				t.Errorf("observed %s", o.URI)
			}
			if _, err := c.Do(ctx, lime.Unsubscribe, "/balance", nil); err != nil {
				t.Fatal(err)
			}
			if n := s.Observe(alice, "/balance", nil); n != 0 {
				t.Errorf("told %d after unsubscribe", n)
			}
			if _, err := c.Do(ctx, lime.Get, "/nothing", nil); code(err) != lime.NotFound {
				t.Errorf("got %v", err)
			}
			if err := c.Finish(ctx); err != nil || c.Err() != nil {
				t.Errorf("finish: %v, %v", err, c.Err())
			}
		})
	}
}
