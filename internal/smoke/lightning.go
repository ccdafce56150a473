package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/bitcoim/bitcoim/internal/sandbox/world"
)

// lightning has no word to say where the chain's wallet is a bitcoind.
func (s *scene) lightning(play func(context.Context, *person, *person) error) func(context.Context, *person, *person) error {
	return func(ctx context.Context, alice, bob *person) error {
		if s.world.Net == nil {
			note("SKIPPED: there is no Lightning node beside this bitcoind")
			return nil
		}
		return play(ctx, alice, bob)
	}
}

// copied finds the line of a reply that begins in one of these ways.
func copied(said string, prefixes ...string) (string, error) {
	for line := range strings.Lines(said) {
		for _, p := range prefixes {
			if strings.HasPrefix(line, p) {
				return strings.TrimSpace(line), nil
			}
		}
	}
	return "", fmt.Errorf("no %v in %q", prefixes, said)
}

// receiveByLightning: a stranger pays an invoice of bob's.
func (s *scene) receiveByLightning(ctx context.Context, _, bob *person) error {
	said, err := bob.asks(ctx, "receive 1234 for the boat", "Ask for 1 234 sat", "over Lightning at once")
	if err != nil {
		return err
	}
	if _, err := copied(said, "bitcoin:bcrt1"); err != nil {
		return err
	}
	invoice, err := copied(said, "lnbcrt")
	if err != nil {
		return err
	}
	if _, err := s.world.Net.Nodes[1].Settle(ctx, invoice); err != nil {
		return err
	}
	note("a stranger pays it over Lightning")
	_, err = bob.hears(ctx, "1 234 sat came over Lightning", "“for the boat”")
	return err
}

// payInvoice: alice pays a stranger's invoice, to the millisatoshi.
func (s *scene) payInvoice(ctx context.Context, alice, _ *person) error {
	var made struct {
		Text string `json:"payment_request"`
	}
	err := s.world.Net.Nodes[2].Call(ctx, http.MethodPost, "/v1/invoices", map[string]any{"value_msat": "2500001", "memo": "tea"}, &made)
	if err != nil {
		return err
	}
	code, err := alice.orders(ctx, made.Text, "Pay 2 500.001 sat", "Lightning, fee at most", "“tea”")
	if err != nil {
		return err
	}
	if _, err := alice.asks(ctx, "confirm "+code, "Paying 2 500.001 sat"); err != nil {
		return err
	}
	if _, err := alice.hears(ctx, "Paid 2 500.001 sat", "fee"); err != nil {
		return err
	}
	_, err = alice.asks(ctx, "pay "+made.Text, "That invoice is paid")
	return err
}

// payNeighboursInvoice: alice pays bob's invoice, which never leaves the house.
func (s *scene) payNeighboursInvoice(ctx context.Context, alice, bob *person) error {
	said, err := bob.asks(ctx, "receive 300 stamps", "Ask for 300 sat")
	if err != nil {
		return err
	}
	invoice, err := copied(said, "lnbcrt")
	if err != nil {
		return err
	}
	code, err := alice.orders(ctx, "pay "+invoice, "Pay 300 sat", "an invoice from here, instant, free")
	if err != nil {
		return err
	}
	if _, err := alice.asks(ctx, "confirm "+code, "Paying 300 sat"); err != nil {
		return err
	}
	if _, err := bob.hears(ctx, "300 sat came over Lightning", "“stamps”"); err != nil {
		return err
	}
	if _, err := alice.hears(ctx, "Paid 300 sat"); err != nil {
		return err
	}
	if _, err := s.world.Net.Nodes[1].Settle(ctx, invoice); err == nil {
		return fmt.Errorf("the stranger could pay it once more")
	}
	note("nobody else can pay it any more")
	return nil
}

// payLightningAddress: carol has a wallet at another gateway, with another
// node, and alice pays carol@other.example.
func (s *scene) payLightningAddress(ctx context.Context, alice, _ *person) error {
	g, err := s.world.Stranger(ctx)
	if err != nil {
		return err
	}
	if err := g.Start(ctx); err != nil {
		return err
	}
	note("another gateway is there: %s", world.OtherSite)
	carol, err := s.enter(ctx, "carol")
	if err != nil {
		return err
	}
	carol.gateway = s.world.XMPP.Guest
	if _, err := carol.asks(ctx, "register carol", "Welcome carol"); err != nil {
		return err
	}
	code, err := alice.orders(ctx, "pay 777 carol@"+world.OtherSite+" hello", "Pay 777 sat", "to carol@"+world.OtherSite, "They will read:", "“hello”")
	if err != nil {
		return err
	}
	if _, err := alice.asks(ctx, "confirm "+code, "Paying 777 sat"); err != nil {
		return err
	}
	if _, err := carol.hears(ctx, "777 sat came over Lightning", "“hello”", "Balance 777 sat"); err != nil {
		return err
	}
	if _, err := alice.hears(ctx, "Paid 777 sat to carol@"+world.OtherSite); err != nil {
		return err
	}
	if code, err = carol.orders(ctx, "pay all bob@"+world.Site, "Pay 767 sat", "10 sat are kept for the fee"); err != nil {
		return err
	}
	if _, err := carol.asks(ctx, "confirm "+code, "Paying 767 sat"); err != nil {
		return err
	}
	_, err = carol.hears(ctx, "Paid 767 sat to bob@"+world.Site)
	return err
}
