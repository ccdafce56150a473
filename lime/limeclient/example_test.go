package limeclient_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

// A client that reads messages and asks for a resource. Here both ends are in
// one process; Dial connects to a server elsewhere.
func ExampleDialer() {
	mux := limeclient.NewMux()
	answers := make(chan lime.Text, 1)
	mux.Messages(lime.TextPlain, func(_ context.Context, _ *limeclient.Channel, m *lime.Message) error {
		text, err := lime.As[lime.Text](m.Content)
		answers <- text
		return err
	})
	guest := &limeclient.Dialer{Mux: mux, Receipts: true}

	server := &limeserver.Server{Domain: "localhost", Authenticators: map[lime.Scheme]limeserver.Authenticator{lime.SchemeGuest: limeserver.GuestLogin("localhost")}}
	server.Mux = limeserver.NewMux()
	server.Mux.Messages(lime.TextPlain, func(ctx context.Context, c *limeserver.Channel, m *lime.Message) error {
		return c.Send(ctx, &lime.Message{Header: lime.Header{ID: lime.NewID()}, Content: lime.Text("Hello, guest.")})
	}, limeserver.ForGuests())

	ctx := context.Background()
	here, there := lime.Pipe()
	var running sync.WaitGroup
	running.Go(func() { _ = server.Accept(ctx, there) })
	defer running.Wait()

	session, err := guest.Establish(ctx, here)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = session.Send(ctx, &lime.Message{Header: lime.Header{ID: "1"}, Content: lime.Text("hi")})
	fmt.Println(<-answers)
	_, err = session.Do(ctx, lime.Get, "/balance", nil)
	fmt.Println(err)
	_ = session.Finish(ctx)
	// Output:
	// Hello, guest.
	// there is no such resource (lime code 67)
}

// A bot that keeps a session, and hears whenever the price changes: whatever becomes of
// the connection, Started subscribes again.
func ExampleClient() {
	s := limetest.New()
	s.Mux.Observable("/price", nil)
	s.Mux.Handle(lime.Get, "/price", func(context.Context, *limeserver.Request) (lime.Document, error) {
		return lime.Text("100 sat"), nil
	})
	server := httptest.NewServer(s)
	defer server.Close()

	prices := make(chan lime.Text, 1)
	mux := limeclient.NewMux()
	mux.Handle(lime.Observe, "/price", func(_ context.Context, r *limeclient.Request) (lime.Document, error) {
		price, err := lime.As[lime.Text](r.Resource)
		prices <- price
		return nil, err
	})
	alice := limetest.Dialer("alice") // a Dialer with her node and password
	alice.Mux = mux
	bot := limeclient.NewClient(alice, "ws"+strings.TrimPrefix(server.URL, "http"))
	bot.Started = func(ctx context.Context, c *limeclient.Channel) error {
		_, err := c.Do(ctx, lime.Subscribe, "/price", nil)
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var running sync.WaitGroup
	running.Go(func() { _ = bot.Run(ctx) })

	session, err := bot.Channel(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	price, err := session.Do(ctx, lime.Get, "/price", nil)
	fmt.Println(price, err)
	s.Observe(session.Local().Identity, "/price", lime.Text("120 sat"))
	fmt.Println(<-prices)

	stop()
	running.Wait()
	fmt.Println(s.Shutdown(context.Background()))
	// Output:
	// {text/plain "100 sat"} <nil>
	// 120 sat
	// <nil>
}
