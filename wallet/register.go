package wallet

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// NewAccount is what somebody wants who opens an account.
type NewAccount struct {
	Name string
	// Heard is the language that they spoke beyond doubt, "" for none. What they are told
	// later is told in it.
	Heard string
}

// Registered is an account that was opened, or to which its owner came back.
type Registered struct {
	Name     string
	Language string // that was heard, and is kept; "" for none
	// Addresses are where the user is paid on the chain.
	Addresses []Address
}

// Register opens an account for the caller, or wakes the one that they had. Whose account
// is awake by then keeps the name that it has.
func (s *Service) Register(ctx context.Context, by Caller, n NewAccount) (_ Registered, err error) {
	defer by.told(&err)
	if r, found, err := earlier[Registered](ctx, s, by); found || err != nil {
		return r, err
	}
	if err := s.May(ctx, by, Nobody, "register"); err != nil {
		return Registered{}, err
	}
	if err := s.MayRegister(by); err != nil {
		return Registered{}, err
	}
	if err := address.ValidUsername(n.Name); err != nil {
		return Registered{}, err
	}
	first, err := s.firstAddress(ctx, by, n.Name)
	if err != nil {
		return Registered{}, err
	}
	return Do(ctx, s, by, func(tx *db.Tx) (Registered, error) {
		now, err := tx.Now(ctx)
		if err != nil {
			return Registered{}, err
		}
		u, woken, err := useraccount.Register(ctx, tx, by.JID, now)
		if err != nil {
			return Registered{}, err
		}
		if !woken { // by another request, just now
			n.Name = u.Name
		}
		return s.settle(ctx, tx, u, n, first)
	})
}

// MayRegister asks the operator's rules. Who had an account may always come back to it:
// there may be coins on it.
func (s *Service) MayRegister(by Caller) (err error) {
	defer by.told(&err)
	if by.User != nil {
		return nil
	}
	if err := s.Serves(by.JID); err != nil {
		return err
	}
	_, domain, _ := address.SplitJID(by.JID)
	p := s.Policy
	if p.Closed || len(p.RegistrationDomains) > 0 && !slices.Contains(p.RegistrationDomains, domain) {
		return ErrRegisterClosed
	}
	return nil
}

// Serves is the fault of a JID that comes from where nobody can have an account.
func (s *Service) Serves(jid string) error {
	_, domain, _ := address.SplitJID(jid)
	if p := s.Policy; p.OpenToAll || slices.Contains(p.Served, domain) || s.Admin(jid) {
		return nil
	}
	return ErrNotServed.With(fault.Args{"domains": strings.Join(s.Policy.Served, ", ")})
}

// firstAddress asks the node for the first address of a new user, "" for who has one.
// Nothing is asked for a name that is taken. It is not taken by the caller, who may have
// been given it just now, at another instance.
func (s *Service) firstAddress(ctx context.Context, by Caller, name string) (string, error) {
	id := useraccount.ID(0)
	if by.User != nil {
		id = by.User.ID
		had, err := deposit.Addresses(ctx, s.DB.Read(), id)
		if err != nil || len(had) > 0 {
			return "", err
		}
	}
	err := useraccount.Free(ctx, s.DB.Read(), id, name, by.Now)
	if by.User == nil && errors.Is(err, useraccount.ErrNameTaken) {
		if is, known := useraccount.ByJID(ctx, s.DB.Read(), by.JID); known == nil && is.Active {
			return "", nil
		}
	}
	if err != nil {
		return "", err
	}
	return s.ownAddress(ctx, by.JID)
}

// settle gives a new user, who is locked, what they need: a name and an address.
func (s *Service) settle(ctx context.Context, tx *db.Tx, u *useraccount.User, n NewAccount, first string) (Registered, error) {
	if err := useraccount.Rename(ctx, tx, u, n.Name, u.Now); err != nil {
		return Registered{}, err
	}
	r := Registered{Name: n.Name}
	if n.Heard != "" && u.Lang == "" && n.Heard != s.Words.Match(s.Policy.Languages...) {
		if err := useraccount.Set(ctx, tx, u, "language", n.Heard); err != nil {
			return Registered{}, err
		}
		r.Language = n.Heard
	}
	had, err := deposit.Addresses(ctx, tx, u.ID)
	if err != nil {
		return Registered{}, err
	}
	if len(had) == 0 && first != "" {
		if err := deposit.AddAddress(ctx, tx, u.ID, first, "", u.Now); err != nil {
			return Registered{}, err
		}
		had = append(had, deposit.Address{Address: first, User: u.ID, Node: address.EncodeJID(first), Created: u.Now})
	}
	for _, a := range had {
		r.Addresses = append(r.Addresses, addressOf(a))
	}
	return r, nil
}
