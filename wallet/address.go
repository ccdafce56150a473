package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/deposit"
)

// Address is where the caller is paid on the chain.
type Address struct {
	Address  string
	Node     string // local part of its contact
	Label    string
	Received amount.Msat // credited so far
	Used     bool        // somebody paid to it
	Created  int64       // seconds
}

// URI is the address as a payment link.
func (a Address) URI() string { return address.BuildURI(a.Address, 0, "") }

// Contact is the address as a contact of its owner's.
func (a Address) Contact() Contact {
	return Contact{Kind: AddressContact, Node: a.Node, Name: a.Address, Label: a.Label, Mine: true}
}

func addressOf(a deposit.Address) Address {
	return Address{Address: a.Address, Node: a.Node, Label: a.Label, Received: a.Received, Used: a.Used, Created: a.Created}
}

// Address is the newest of the caller's addresses that nobody paid to yet, or a new one
// if there is none.
func (s *Service) Address(ctx context.Context, by Caller) (_ Address, err error) {
	defer by.told(&err)
	if a, found, err := earlier[Address](ctx, s, by); found || err != nil {
		return a, err
	}
	if err := s.mayAsk(ctx, by, "address"); err != nil {
		return Address{}, err
	}
	return shownAddress(ctx, s, by, addressOf)
}

// Addresses lists those of the caller that are not hidden, oldest first.
func (s *Service) Addresses(ctx context.Context, by Caller) (all []Address, err error) {
	defer by.told(&err)
	if err := s.mayAsk(ctx, by, "address"); err != nil {
		return nil, err
	}
	own, err := deposit.Addresses(ctx, s.DB.Read(), by.User.ID)
	for _, a := range deposit.Shown(own) {
		all = append(all, addressOf(a))
	}
	return all, err
}
