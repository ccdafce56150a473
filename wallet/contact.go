package wallet

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// ContactKind is what a local part of the gateway stands for.
type ContactKind uint8

const (
	GatewayContact ContactKind = iota
	AddressContact             // a Bitcoin address, ours or not
	UserContact                // a username
)

// Contact is who is at node@gateway, as one caller may see it.
type Contact struct {
	Kind    ContactKind
	Node    string // local part of the JID, unescaped as on the wire
	Name    string // the address in its own letters, the username, or the gateway's domain
	Label   string // the owner's label of the address
	Mine    bool   // the caller's own address, or the caller
	URL     string // block explorer page of the address, "" if none is configured
	RealJID string // of a user: only for self and operators
	Owner   string // of an address: its owner's username, only for the owner and operators
	// Whose is what the caller is called where they see money of theirs, "" elsewhere. Sum is
	// what they have, at the gateway and at themselves, or what came to an address of theirs.
	Whose string
	Sum   amount.Msat
	// Lang is the caller's own language, "" for none, and Unit in what they count.
	Lang, Unit string
}

// Contact says who is at a local part of the gateway, "" the gateway itself; ErrNoContact if
// there is nobody, or nobody that the caller may know of. Usernames are seen by registered
// users only, and a real JID is no contact: nobody finds out here who has an account.
func (s *Service) Contact(ctx context.Context, by Caller, at string) (_ Contact, err error) {
	defer by.told(&err)
	if err := s.May(ctx, by, Receive, "contact"); err != nil {
		return Contact{}, err
	}
	return s.contact(ctx, by, at)
}

// contact is Contact for who may ask.
func (s *Service) contact(ctx context.Context, by Caller, at string) (Contact, error) {
	if at == "" {
		return s.gateway(by), nil
	}
	if a, err := address.DecodeJID(at, s.Policy.Network); err == nil {
		return s.addressContact(ctx, by, at, a.String())
	}
	if by.Member() != nil && !s.operates(by) {
		return Contact{}, ErrNoContact
	}
	name := address.Fold(address.Unescape(at))
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return Contact{}, ErrNoContact // no username; a database need not see it
	}
	u, err := useraccount.ByName(ctx, s.DB.Read(), name)
	if fault.Is(err, fault.NotFound) {
		err = ErrNoContact
	}
	if err != nil {
		return Contact{}, err
	}
	return s.userContact(by, u), nil
}

// seenBy is a contact before anything is known of it.
func seenBy(by Caller, kind ContactKind, node, name string) Contact {
	c := Contact{Kind: kind, Node: node, Name: name, Unit: string(amount.InSat)}
	if by.User != nil {
		c.Lang, c.Unit = by.User.Lang, by.User.Unit
	}
	return c
}

// gateway is the gateway itself; it tells a user the balance.
func (s *Service) gateway(by Caller) Contact {
	c := seenBy(by, GatewayContact, "", s.Policy.Domain)
	if by.Member() == nil && by.User.Presence {
		c.Whose, c.Sum = called(by.User), by.User.Has.Balance
	}
	return c
}

// called is what to call a user: an account of old may have no name yet.
func called(u *useraccount.User) string {
	if u.Name != "" {
		return u.Name
	}
	local, _, _ := address.SplitJID(u.JID)
	return local
}

// userContact is a username; its own user sees the balance.
func (s *Service) userContact(by Caller, u *useraccount.User) Contact {
	c := seenBy(by, UserContact, u.Name, u.Name)
	c.Mine = by.User != nil && by.User.ID == u.ID
	if c.Mine || s.operates(by) {
		c.RealJID = u.JID
	}
	if c.Mine && u.Presence {
		c.Whose, c.Sum = u.Name, u.Has.Balance
	}
	return c
}

// addressContact is an address at a local part, whoever's it is.
func (s *Service) addressContact(ctx context.Context, by Caller, at, addr string) (Contact, error) {
	a, err := deposit.Owner(ctx, s.DB.Read(), addr)
	if err != nil {
		return Contact{}, err
	}
	if a == nil || a.User == 0 {
		a = &deposit.Address{Address: addr, Node: at}
	}
	c := s.contactOf(by, *a)
	if a.User != 0 && (c.Mine || s.operates(by)) {
		u, err := useraccount.ByID(ctx, s.DB.Read(), a.User)
		if err != nil {
			return Contact{}, err
		}
		c.Owner = u.Name
	}
	return c, nil
}

// contactOf is an address that was read; its owner sees what came to it.
func (s *Service) contactOf(by Caller, a deposit.Address) Contact {
	c := seenBy(by, AddressContact, a.Node, a.Address)
	if c.Node == "" {
		c.Node = address.EncodeJID(a.Address)
	}
	if s.Policy.ExplorerURL != "" {
		c.URL = strings.ReplaceAll(s.Policy.ExplorerURL, "{address}", a.Address)
	}
	if by.User != nil && a.User == by.User.ID {
		c.Mine, c.Label = true, a.Label
		if by.User.Presence {
			c.Whose, c.Sum = called(by.User), a.Received
		}
	}
	return c
}
