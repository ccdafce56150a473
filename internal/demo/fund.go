package main

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/address"
)

var errNoAddress = errors.New("say register NAME first")

// fund has the chain pay to an address of the person in the chat.
func (s *session) fund(ctx context.Context, sat int64) error {
	addr, err := s.ownAddress(ctx)
	if err != nil {
		return err
	}
	txid, err := s.world.Chain.Fund(ctx, addr, sat)
	if err == nil {
		s.print("  (somebody pays %d sat to %s: %s)", sat, addr, txid)
	}
	return err
}

// ownAddress finds an address as any client would: by asking the wallet who
// we are, and then for our addresses (XEP-0030).
func (s *session) ownAddress(ctx context.Context) (string, error) {
	gateway := s.world.XMPP.Component
	form, err := s.you.client().IQ(ctx, gateway, "get", `<query xmlns='jabber:iq:register'/>`)
	if err != nil {
		return "", err
	}
	query := form.Child("query")
	if query == nil || query.Child("registered") == nil {
		return "", errNoAddress
	}
	items, err := s.you.client().IQ(ctx, query.ChildText("username")+"@"+gateway, "get",
		`<query xmlns='http://jabber.org/protocol/disco#items' node='addresses'/>`)
	if err != nil {
		return "", err
	}
	for _, item := range items.Child("query").Children {
		local, _, _ := address.SplitJID(item.Attribute("jid"))
		if a, err := address.DecodeJID(local, address.Regtest); err == nil {
			return a.String(), nil
		}
	}
	return "", errNoAddress
}
