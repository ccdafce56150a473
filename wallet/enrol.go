package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Newcomer opens an account at a door where no XMPP server vouches for who they are; the
// password does.
type Newcomer struct{ JID, Name, Password string }

// Register opens the account of a newcomer: the user, the name and the first
// password in one transaction, so that of two who ask for one name, at any two
// instances, one has it with their own password, and the other hears
// useraccount.ErrNameTaken. Who closed an account comes back to it, and its coins,
// with its password only. No password is ever changed here.
func (p *Passwords) Register(ctx context.Context, n Newcomer) (err error) {
	defer DatabaseAway(&err)
	by, err := p.s.Caller(ctx, Caller{JID: n.JID})
	if err != nil {
		return err
	}
	taken := useraccount.ErrNameTaken.With(fault.Args{"name": n.Name})
	if by.User != nil && by.User.Active {
		return taken
	}
	if err := p.s.MayRegister(by); err != nil {
		return err
	}
	if err := address.ValidUsername(n.Name); err != nil {
		return err
	}
	keep, err := p.proof(ctx, by, n.Password)
	if err != nil {
		return err
	}
	first, err := p.s.firstAddress(ctx, by, n.Name)
	if err != nil {
		return err
	}
	_, err = Do(ctx, p.s, by, func(tx *db.Tx) (Registered, error) {
		now, err := tx.Now(ctx)
		if err != nil {
			return Registered{}, err
		}
		u, made, err := useraccount.Register(ctx, tx, n.JID, now)
		if err != nil {
			return Registered{}, err
		}
		ok := made
		if made {
			ok, err = keep(ctx, tx, u.ID)
		}
		if err == nil && !ok {
			err = taken
		}
		if err != nil {
			return Registered{}, err
		}
		return p.s.settle(ctx, tx, u, NewAccount{Name: n.Name}, first)
	})
	return err
}

// proof is what makes the account the newcomer's, for the transaction that opens
// it: a first password, or for one that was closed the password that it had. It
// says no if there is another by then.
func (p *Passwords) proof(ctx context.Context, by Caller, password string) (func(ctx context.Context, tx *db.Tx, user useraccount.ID) (bool, error), error) {
	if by.User == nil {
		hash, err := p.hash(ctx, password)
		return func(ctx context.Context, tx *db.Tx, user useraccount.ID) (bool, error) {
			return useraccount.FirstPassword(ctx, tx, user, hash)
		}, err
	}
	kept, ok, err := p.check(ctx, by.JID, password)
	return func(ctx context.Context, tx *db.Tx, _ useraccount.ID) (bool, error) {
		if !ok {
			return false, nil
		}
		return kept.Still(ctx, tx)
	}, err
}
