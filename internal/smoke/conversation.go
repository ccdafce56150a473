package main

import (
	"context"
	"fmt"
	"strings"
)

// conversation is the whole play.
func (s *scene) conversation(ctx context.Context) error {
	alice, err := s.enter(ctx, "alice")
	if err != nil {
		return err
	}
	bob, err := s.enter(ctx, "bob")
	if err != nil {
		return err
	}
	for _, act := range []struct {
		title string
		play  func(context.Context, *person, *person) error
	}{
		{"the operator looks at the books", s.operator},
		{"they register: one by chat, one by a form", s.register},
		{"the chain pays alice", s.deposit},
		{"alice pays bob", s.payNeighbour},
		{"alice pays an address outside", s.payOutside},
		{"one order is dropped, one expires, one is confirmed twice", s.dropAndLapse},
		{"a stranger pays bob over Lightning", s.lightning(s.receiveByLightning)},
		{"alice pays a stranger's invoice", s.lightning(s.payInvoice)},
		{"alice pays an invoice of bob's", s.lightning(s.payNeighboursInvoice)},
		{"alice pays a Lightning Address at another gateway", s.lightning(s.payLightningAddress)},
		{"a game pays out of a budget of alice's, and asks above it", s.lightning(s.game)},
		{"a bot of bob's makes an order that he confirms in chat", s.lightning(s.bot)},
		{"the gateway is killed between confirm and broadcast", s.crash},
		{"one of two gateways dies and nobody notices", s.oneDies},
		{"history and books agree", s.books},
		{"bob leaves", s.unregister},
	} {
		fmt.Printf("\n-- %s\n", act.title)
		if err := act.play(ctx, alice, bob); err != nil {
			return fmt.Errorf("%s: %w", act.title, err)
		}
	}
	return nil
}

func (s *scene) register(ctx context.Context, alice, bob *person) error {
	note("alice adds %s", alice.gateway)
	if err := alice.Presence(alice.gateway, "subscribe"); err != nil {
		return err
	}
	if _, err := alice.hears(ctx, "register"); err != nil {
		return err
	}
	if _, err := alice.asks(ctx, "register alice", "Welcome alice"); err != nil {
		return err
	}
	note("bob asks for the registration form and sends it back")
	form, err := bob.IQ(ctx, bob.gateway, "get", `<query xmlns='jabber:iq:register'/>`)
	if err != nil {
		return err
	}
	if !strings.Contains(form.String(), "jabber:x:data") || !strings.Contains(form.String(), "username") {
		return fmt.Errorf("no form in %s", form)
	}
	_, err = bob.IQ(ctx, bob.gateway, "set", `<query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'>`+
		`<field var='FORM_TYPE'><value>jabber:iq:register</value></field><field var='username'><value>bob</value></field></x></query>`)
	if err != nil {
		return err
	}
	if _, err := bob.hears(ctx, "Welcome bob", "holds your coins"); err != nil {
		return err
	}
	_, err = bob.asks(ctx, "balance", "You have 0 sat")
	return err
}

func (s *scene) unregister(ctx context.Context, _, bob *person) error {
	if _, err := bob.asks(ctx, "unregister", "Are you sure?"); err != nil {
		return err
	}
	if _, err := bob.asks(ctx, "unregister yes", "Thank you", "You left"); err != nil {
		return err
	}
	_, err := bob.asks(ctx, "balance", "no account here")
	return err
}
