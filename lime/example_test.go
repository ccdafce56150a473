package lime_test

import (
	"context"
	"fmt"
	"net"
	"sync"

	"github.com/bitcoim/bitcoim/lime"
)

// A server with one account, one resource, and an answer to every text.
func ExampleServer() {
	mux := lime.NewMux()
	mux.Handle(lime.Get, "/balance", func(_ context.Context, r *lime.Request) (lime.Document, error) {
		if r.Owner.Name != "alice" {
			return nil, lime.Errorf(lime.NotFound, "%s has no balance", r.Owner)
		}
		return lime.JSON{Value: map[string]any{"available": 5000, "unit": "sat"}}, nil
	})
	mux.Messages(lime.TextPlain, func(ctx context.Context, c *lime.Channel, m *lime.Message) error {
		text, err := lime.As[lime.Text](m.Content)
		if err != nil {
			return err
		}
		return c.Send(ctx, &lime.Message{Header: lime.Header{ID: lime.NewID()}, Content: "You said: " + text})
	})
	server := &lime.Server{
		Domain: "localhost",
		Mux:    mux,
		Authenticators: map[lime.Scheme]lime.Authenticator{
			lime.SchemePlain: func(_ context.Context, l lime.Login) (lime.Grant, error) {
				if l.Node.Name != "alice" || l.Authentication.Password != "secret" {
					return lime.Grant{}, lime.ErrRefused
				}
				return lime.Grant{Role: lime.Member}, nil
			},
		},
	}

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = server.ListenTCP(ctx, l) })
	defer running.Wait()
	defer stop()

	alice := &lime.Dialer{
		Node:           lime.Node{Identity: lime.Identity{Name: "alice", Domain: "localhost"}, Instance: "home"},
		Authentication: lime.WithPassword("secret"),
	}
	session, err := alice.Dial(ctx, "tcp://"+l.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	balance, err := session.Do(ctx, lime.Get, "/balance", nil)
	fmt.Println(balance, err)
	fmt.Println(session.Finish(ctx))
	// Output:
	// {application/json {"available":5000,"unit":"sat"}} <nil>
	// <nil>
}

// A client that reads messages and asks for a resource. Here both ends are in
// one process; Dial connects to a server elsewhere.
func ExampleDialer() {
	mux := lime.NewMux()
	answers := make(chan lime.Text, 1)
	mux.Messages(lime.TextPlain, func(_ context.Context, _ *lime.Channel, m *lime.Message) error {
		text, err := lime.As[lime.Text](m.Content)
		answers <- text
		return err
	})
	guest := &lime.Dialer{Mux: mux, Receipts: true}

	server := &lime.Server{Domain: "localhost", Authenticators: map[lime.Scheme]lime.Authenticator{lime.SchemeGuest: lime.GuestLogin("localhost")}}
	server.Mux = lime.NewMux()
	server.Mux.Messages(lime.TextPlain, func(ctx context.Context, c *lime.Channel, m *lime.Message) error {
		return c.Send(ctx, &lime.Message{Header: lime.Header{ID: lime.NewID()}, Content: lime.Text("Hello, guest.")})
	}, lime.ForGuests())

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

// A document of one's own is any type with a media type.
func ExampleAs() {
	content := lime.Raw{Type: "application/vnd.example.lunch+json", JSON: []byte(`{"dish":"soup"}`)}
	lunch, err := lime.As[lunch](content)
	fmt.Println(lunch.Dish, err)
	// Output: soup <nil>
}

type lunch struct {
	Dish string `json:"dish"`
}

func (lunch) MediaType() lime.MediaType { return "application/vnd.example.lunch+json" }
