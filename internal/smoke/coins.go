package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image/png"
	"strings"

	"github.com/bitcoim/bitcoim/address"
)

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
	_, err = bob.asks(ctx, "solde", "Vous avez 0 sat")
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
	code, err := alice.orders(ctx, "pay 5000 bob lunch", "Pay 5 000 sat", "instant, free", "“lunch”")
	if err != nil {
		return err
	}
	if _, err := alice.asks(ctx, "confirm "+code, "Paid 5 000 sat to bob", "Balance 95 000 sat"); err != nil {
		return err
	}
	if _, err := bob.hears(ctx, "alice sent you 5 000 sat", "“lunch”", "Balance 5 000 sat"); err != nil {
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
	if _, err := bob.hears(ctx, "alice sent you 1 000 sat", "“twice”"); err != nil {
		return err
	}
	_, err = bob.asks(ctx, "balance", "You have 6 000 sat")
	return err
}
