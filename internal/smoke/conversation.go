package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image/png"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/address"
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

func (s *scene) deposit(ctx context.Context, alice, bob *person) error {
	if err := alice.says("", "address"); err != nil {
		return err
	}
	said, err := alice.hears(ctx, "This is your address")
	if err != nil {
		return err
	}
	addr := ""
	for line := range strings.SplitSeq(said, "\n") {
		if strings.HasPrefix(line, "bcrt1") {
			addr = line
		}
	}
	if addr == "" {
		return fmt.Errorf("no address in %q", said)
	}
	if err := s.seesQR(ctx, alice, addr); err != nil {
		return err
	}
	txid, err := s.world.Chain.Fund(ctx, addr, 100_000)
	if err != nil {
		return err
	}
	note("somebody pays 100000 sat to it: %s", txid)
	if _, err := alice.hears(ctx, "100 000 sat", "on their way"); err != nil {
		return err
	}
	if err := s.mine(ctx, 1); err != nil {
		return err
	}
	if _, err := alice.hears(ctx, "Received 100 000 sat"); err != nil {
		return err
	}
	if _, err := alice.asks(ctx, "balance", "You have 100 000 sat (0.001 BTC)"); err != nil {
		return err
	}
	_, err = bob.asks(ctx, "solde", "You have 0 sat")
	return err
}

// seesQR looks at the picture of the address as a contact.
func (s *scene) seesQR(ctx context.Context, p *person, addr string) error {
	contact := address.EncodeJID(addr) + "@" + p.gateway
	card, err := p.IQ(ctx, contact, "get", `<vCard xmlns='vcard-temp'/>`)
	if err != nil {
		return err
	}
	photo := card.Child("vCard").Child("PHOTO")
	if photo == nil {
		return fmt.Errorf("no picture in %s", card)
	}
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(photo.ChildText("BINVAL")), ""))
	if err != nil {
		return err
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("the picture: %w", err)
	}
	note("%s looks at %s: a QR of %v, %d bytes", p.name, contact, picture.Bounds().Max, len(data))
	return nil
}

func (s *scene) mine(ctx context.Context, n int) error {
	if _, err := s.world.Chain.Mine(ctx, n); err != nil {
		return err
	}
	note("%d block(s) are mined", n)
	return nil
}

func (s *scene) payNeighbour(ctx context.Context, alice, bob *person) error {
	code, err := alice.orders(ctx, "pay 5000 bob lunch", "Pay 5 000 sat", "instant, free", "Note: lunch")
	if err != nil {
		return err
	}
	if _, err := alice.asks(ctx, "confirm "+code, "Paid 5 000 sat to bob", "Balance 95 000 sat"); err != nil {
		return err
	}
	if _, err := bob.hears(ctx, "alice sent you 5 000 sat: lunch", "Balance 5 000 sat"); err != nil {
		return err
	}
	_, err = bob.asks(ctx, "balance", "You have 5 000 sat")
	return err
}

func (s *scene) payOutside(ctx context.Context, alice, _ *person) error {
	to, err := stranger()
	if err != nil {
		return err
	}
	code, err := alice.orders(ctx, "pay 20k "+to+" fast", "Pay 20 000 sat", "fast, network fee at most")
	if err != nil {
		return err
	}
	if _, err := alice.asks(ctx, "confirm "+code, "Sending 20 000 sat"); err != nil {
		return err
	}
	if _, err := alice.hears(ctx, "Sent 20 000 sat"); err != nil {
		return err
	}
	if len(s.world.Peers) > 0 {
		if _, err := alice.hears(ctx, "goes round"); err != nil {
			return err
		}
	}
	if err := s.mine(ctx, 1); err != nil {
		return err
	}
	if _, err := alice.hears(ctx, "20 000 sat to "+to+" are in a block"); err != nil {
		return err
	}
	return s.paid(ctx, to, 20_000)
}

func (s *scene) dropAndLapse(ctx context.Context, alice, bob *person) error {
	code, err := alice.orders(ctx, "pay 700 bob")
	if err != nil {
		return err
	}
	if _, err := alice.asks(ctx, "cancel "+code, "Dropped: 700 sat"); err != nil {
		return err
	}
	if _, err := alice.asks(ctx, "confirm "+code, "was dropped already"); err != nil {
		return err
	}
	if code, err = alice.orders(ctx, "pay 800 bob"); err != nil {
		return err
	}
	if _, err := alice.hears(ctx, "Order "+code, "has expired"); err != nil {
		return err
	}
	if _, err := alice.asks(ctx, "confirm "+code, "has expired"); err != nil {
		return err
	}
	if code, err = alice.orders(ctx, "pay 1000 bob twice"); err != nil {
		return err
	}
	for range 2 { // without waiting for the first answer
		if err := alice.says("", "confirm "+code); err != nil {
			return err
		}
	}
	if _, err := alice.hears(ctx, "Paid 1 000 sat to bob"); err != nil {
		return err
	}
	if _, err := alice.hears(ctx, "was confirmed before"); err != nil {
		return err
	}
	if _, err := bob.hears(ctx, "alice sent you 1 000 sat: twice"); err != nil {
		return err
	}
	_, err = bob.asks(ctx, "balance", "You have 6 000 sat")
	return err
}

func (s *scene) crash(ctx context.Context, alice, _ *person) error {
	to, err := stranger()
	if err != nil {
		return err
	}
	for _, g := range s.world.Gateways {
		if err := g.Stop(); err != nil {
			return err
		}
	}
	doomed := s.world.Gateways[0]
	if err := doomed.Start(ctx, "BITCOIM_CRASH_AT=order.stored"); err != nil {
		return err
	}
	note("the gateway is started again, to die when it has stored a signed transaction")
	code, err := alice.orders(ctx, "pay 6000 "+to)
	if err != nil {
		return err
	}
	if err := alice.says("", "confirm "+code); err != nil {
		return err
	}
	select {
	case <-doomed.Exited():
		note("the gateway is dead (SIGKILL)")
	case <-ctx.Done():
		return ctx.Err()
	}
	waiting, err := s.world.Chain.Mempool(ctx)
	if err != nil {
		return err
	}
	if len(waiting) != 0 {
		return fmt.Errorf("it had sent already: %v", waiting)
	}
	note("nothing was broadcast; the gateway is started again")
	for _, g := range s.world.Gateways {
		if err := g.Start(ctx); err != nil {
			return err
		}
	}
	if _, err := alice.hears(ctx, "Sent 6 000 sat"); err != nil {
		return err
	}
	if err := s.mine(ctx, 1); err != nil {
		return err
	}
	if _, err := alice.hears(ctx, "6 000 sat to "+to+" are in a block"); err != nil {
		return err
	}
	return s.paid(ctx, to, 6_000)
}

func (s *scene) oneDies(ctx context.Context, alice, bob *person) error {
	if s.world.Options.Gateways < 2 {
		note("there is only one here")
		return nil
	}
	if err := s.world.Gateways[1].Kill(); err != nil {
		return err
	}
	note("the second gateway is dead (SIGKILL)")
	if err := s.noticed(ctx, alice); err != nil {
		return err
	}
	for range 10 {
		if _, err := alice.asks(ctx, "balance", "You have"); err != nil {
			return err
		}
	}
	code, err := alice.orders(ctx, "pay 500 bob still here")
	if err != nil {
		return err
	}
	if _, err := alice.asks(ctx, "confirm "+code, "Paid 500 sat"); err != nil {
		return err
	}
	_, err = bob.hears(ctx, "alice sent you 500 sat: still here")
	return err
}

// noticed asks until there is an answer. What is on its way to a gateway in the
// moment of its death can be lost: a component acknowledges nothing (XEP-0114).
func (s *scene) noticed(ctx context.Context, p *person) error {
	for {
		if err := p.says("", "balance"); err != nil {
			return err
		}
		soon, cancel := context.WithTimeout(ctx, 5*time.Second)
		_, err := p.hears(soon, "You have")
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
		note("that was lost on its way to the dead one; %s says it again", p.name)
	}
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

var errBooks = errors.New("the books do not agree")
