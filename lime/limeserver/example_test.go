package limeserver_test

import (
	"context"
	"fmt"
	"net"
	"sync"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
	"github.com/bitcoim/bitcoim/lime/limeserver"
)

// A server with one account, one resource, and an answer to every text.
func ExampleServer() {
	mux := limeserver.NewMux()
	mux.Handle(lime.Get, "/balance", func(_ context.Context, r *limeserver.Request) (lime.Document, error) {
		if r.Owner.Name != "alice" {
			return nil, lime.Errorf(lime.NotFound, "%s has no balance", r.Owner)
		}
		return lime.JSON{Value: map[string]any{"available": 5000, "unit": "sat"}}, nil
	})
	mux.Messages(lime.TextPlain, func(ctx context.Context, c *limeserver.Channel, m *lime.Message) error {
		text, err := lime.As[lime.Text](m.Content)
		if err != nil {
			return err
		}
		return c.Send(ctx, &lime.Message{Header: lime.Header{ID: lime.NewID()}, Content: "You said: " + text})
	})
	server := &limeserver.Server{
		Domain: "localhost",
		Mux:    mux,
		Authenticators: map[lime.Scheme]limeserver.Authenticator{
			lime.SchemePlain: func(_ context.Context, l limeserver.Login) (limeserver.Grant, error) {
				if l.Node.Name != "alice" || l.Authentication.Password != "secret" {
					return limeserver.Grant{}, lime.ErrRefused
				}
				return limeserver.Grant{Role: limeserver.Member}, nil
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

	alice := &limeclient.Dialer{
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
