package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// game: a Moneysocket app is linked to alice's wallet. It sees its budget, pays
// within it, and what is above it when she allows it.
func (s *scene) game(ctx context.Context, alice, _ *person) error {
	said, err := alice.asks(ctx, "link moneysocket game budget 1500/day expires 1d", "may spend 1 500 sat a day", "Keep it secret")
	if err != nil {
		return err
	}
	text, err := copied(said, "moneysocket1")
	if err != nil {
		return err
	}
	beacon, err := moneysocket.ParseBeacon(text)
	if err != nil {
		return err
	}
	ctx, leave := context.WithTimeout(ctx, time.Minute)
	app := &moneysocket.Consumer{Link: moneysocket.Outgoing(beacon, moneysocket.Dialer{})}
	gone := make(chan error, 1)
	go func() { gone <- app.Run(ctx) }()
	defer func() { leave(); <-gone }()
	info, err := app.Info(ctx)
	if err != nil {
		return err
	}
	note("the game sees %s", info.Wad)
	if !info.Payer || !info.Payee || info.Wad.Msats != 1_485_148 {
		return fmt.Errorf("the game sees %+v", info)
	}
	if _, err := alice.hears(ctx, "game is connected"); err != nil {
		return err
	}
	if err := s.pays(ctx, app, "level two", 1_000_000); err != nil {
		return err
	}
	if _, err := alice.hears(ctx, "game paid 1 000 sat", "of 1 500 sat left"); err != nil {
		return err
	}
	paid := make(chan error, 1)
	go func() { paid <- s.pays(ctx, app, "a sword", 2_000_000) }()
	said, err = alice.hears(ctx, "game* asks for 2 000 sat", "“a sword”", "above its budget")
	if err == nil {
		_, code, _ := strings.Cut(said, "\nallow ")
		_, err = alice.asks(ctx, "allow "+code[:min(4, len(code))], "Paying 2 000 sat")
	}
	if err != nil {
		leave()
		return errors.Join(err, <-paid)
	}
	if err := <-paid; err != nil {
		return err
	}
	if _, err := alice.hears(ctx, "Paid 2 000 sat"); err != nil {
		return err
	}
	_, err = alice.asks(ctx, "unlink game", "game is not linked any more")
	return err
}

// pays has an app pay a stranger's invoice, and checks that the proof is there.
func (s *scene) pays(ctx context.Context, app *moneysocket.Consumer, memo string, msat int64) error {
	var made struct {
		Text string `json:"payment_request"`
	}
	err := s.world.Net.Nodes[2].Call(ctx, http.MethodPost, "/v1/invoices", map[string]any{"value_msat": fmt.Sprint(msat), "memo": memo}, &made)
	if err != nil {
		return err
	}
	preimage, err := app.Pay(ctx, made.Text)
	if err != nil {
		return err
	}
	note("the game has paid for %s: proof %.8s...", memo, preimage)
	return nil
}

// bot: a program logs in to bob's account over LIME. Its order has a code that
// bob says in chat; the bot hears of it.
func (s *scene) bot(ctx context.Context, alice, bob *person) error {
	said, err := bob.asks(ctx, "link lime clerk budget 0", "asks you about each payment", "Your bot logs in as bob@")
	if err != nil {
		return err
	}
	url, err := copied(said, "ws://")
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(said), "\n")
	ctx, leave := context.WithTimeout(ctx, time.Minute)
	defer leave()
	news := make(chan order, 16)
	mux := limeclient.NewMux()
	mux.Handle(lime.Observe, "/orders/{code}", func(_ context.Context, r *limeclient.Request) (lime.Document, error) {
		o, err := orderIn(r.Resource)
		if err == nil {
			news <- o
		}
		return nil, err
	})
	clerk := &limeclient.Dialer{Mux: mux, AllowPlainSecrets: true, Authentication: lime.WithKey(lines[len(lines)-1]),
		Node: lime.Node{Identity: lime.Identity{Name: "bob", Domain: bob.gateway}, Instance: "clerk"}}
	session, err := clerk.Dial(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = session.Finish(ctx) }()
	if _, err := bob.hears(ctx, "clerk is connected"); err != nil {
		return err
	}
	if _, err := session.Do(ctx, lime.Subscribe, "/orders", nil); err != nil {
		return err
	}
	made, err := session.Do(ctx, lime.Set, "/orders", lime.Raw{Type: orderType, JSON: []byte(`{"to":"alice","amount":77,"memo":"wages"}`)})
	if err != nil {
		return err
	}
	o, err := orderIn(made)
	if err != nil {
		return err
	}
	note("the bot has made an order: %+v", o)
	if _, err := bob.asks(ctx, "confirm "+o.Code, "Paid 77 sat to alice"); err != nil {
		return err
	}
	if _, err := alice.hears(ctx, "bob sent you 77 sat", "“wages”"); err != nil {
		return err
	}
	for heard := (order{}); heard.Code != o.Code || heard.State != "sent"; {
		select {
		case heard = <-news:
			note("the bot observes: %+v", heard)
		case <-ctx.Done():
			return fmt.Errorf("the bot does not hear of it: %w", ctx.Err())
		}
	}
	_, err = bob.asks(ctx, "unlink clerk", "clerk is not linked any more")
	return err
}

const orderType = "application/vnd.bitcoim.order+json"

// order is as much of an order as a bot needs.
type order struct {
	Code, To, State string
	Amount          int64
}

func orderIn(d lime.Document) (o order, err error) {
	raw, ok := d.(lime.Raw)
	if !ok {
		return o, fmt.Errorf("an order is %T", d)
	}
	return o, json.Unmarshal(raw.JSON, &o)
}
