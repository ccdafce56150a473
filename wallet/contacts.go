package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Contacts lists who speaks to the caller with a presence of their own: the caller's
// addresses, and the contacts that they subscribed to. Who has no account has none.
func (s *Service) Contacts(ctx context.Context, by Caller) (all []Contact, err error) {
	defer by.told(&err)
	if err := s.May(ctx, by, Receive, "contacts"); err != nil || by.User == nil {
		return nil, err
	}
	own, err := s.addressContacts(ctx, by, by.User)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{"": true}
	for _, c := range own {
		seen[c.Node] = true
		all = append(all, c)
	}
	nodes, err := useraccount.Roster(ctx, s.DB.Read(), by.User)
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		if seen[n] {
			continue
		}
		c, err := s.contact(ctx, by, n)
		if fault.Is(err, fault.NotFound) {
			continue // gave up the name
		}
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// AddressContacts lists the addresses of a user as contacts, for that user and for operators
// alone.
func (s *Service) AddressContacts(ctx context.Context, by Caller, username string) (_ []Contact, err error) {
	defer by.told(&err)
	if err := s.May(ctx, by, Nobody, "contacts"); err != nil {
		return nil, err
	}
	u := by.User
	if u == nil || u.Name != username {
		if !s.operates(by) {
			return nil, ErrAdminsOnly
		}
		if u, err = useraccount.ByName(ctx, s.DB.Read(), username); err != nil {
			return nil, err
		}
	}
	return s.addressContacts(ctx, by, u)
}

// addressContacts are the addresses of a user, the hidden ones too, as a caller sees them.
func (s *Service) addressContacts(ctx context.Context, by Caller, u *useraccount.User) (all []Contact, err error) {
	own, err := deposit.Addresses(ctx, s.DB.Read(), u.ID)
	for _, a := range own {
		all = append(all, s.contactOf(by, a))
	}
	return all, err
}

// Subscribe remembers that the caller wants, or no longer wants, the presence of a contact.
func (s *Service) Subscribe(ctx context.Context, by Caller, at string, on bool) (err error) {
	defer by.told(&err)
	if err := s.May(ctx, by, Nobody, "contacts"); err != nil {
		return err
	}
	switch {
	case by.User == nil && !on:
		return nil
	case by.User == nil:
		return s.Serves(by.JID) // who has no account yet is remembered by the server
	case !by.User.Active:
		return nil
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if on {
			return useraccount.Subscribe(ctx, tx, by.User, at)
		}
		return useraccount.Unsubscribe(ctx, tx, by.User, at)
	})
}
