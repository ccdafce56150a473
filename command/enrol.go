package command

import (
	"context"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// Newcomer opens an account over LIME. No XMPP server vouches for the user there;
// the password does.
type Newcomer struct {
	JID, Name, Password string
	Lang                string // of the request
}

// Register opens the account of a newcomer: the user, the name and the first
// password in one transaction, so that of two who ask for one name, at any two
// instances, one has it with their own password, and the other hears a Conflict
// fault "name.taken". Who closed an account comes back to it, and its coins,
// with its password only. No password is ever changed here.
func (p *Passwords) Register(ctx context.Context, n Newcomer) (err error) {
	defer wallet.DatabaseAway(&err)
	c, err := p.desk.call(ctx, Request{User: n.JID, Name: "register", Args: map[string]string{"name": n.Name}, Lang: n.Lang})
	if err != nil {
		return err
	}
	c.Command = Register
	taken := fault.New(fault.Conflict, "name.taken", fault.Args{"name": n.Name})
	if c.by.User != nil && c.by.User.Active {
		return taken
	}
	if err := c.mayRegister(); err != nil {
		return err
	}
	if err := address.ValidUsername(n.Name); err != nil {
		return err
	}
	keep, err := p.proof(ctx, c, n.Password)
	if err != nil {
		return err
	}
	first, err := c.first(ctx, n.Name)
	if err != nil {
		return err
	}
	_, err = c.once(ctx, func(tx *db.Tx) (Reply, error) {
		now, err := tx.Now(ctx)
		if err != nil {
			return Reply{}, err
		}
		u, made, err := useraccount.Register(ctx, tx, n.JID, now)
		if err != nil {
			return Reply{}, err
		}
		ok := made
		if made {
			ok, err = keep(ctx, tx, u.ID)
		}
		if err == nil && !ok {
			err = taken
		}
		if err != nil {
			return Reply{}, err
		}
		return c.settle(ctx, tx, u, n.Name, first)
	})
	return err
}

// proof is what makes the account the newcomer's, for the transaction that opens
// it: a first password, or for one that was closed the password that it had. It
// says no if there is another by then.
func (p *Passwords) proof(ctx context.Context, c *Call, password string) (func(ctx context.Context, tx *db.Tx, user useraccount.ID) (bool, error), error) {
	if c.by.User == nil {
		hash, err := p.hash(ctx, password)
		return func(ctx context.Context, tx *db.Tx, user useraccount.ID) (bool, error) {
			return useraccount.FirstPassword(ctx, tx, user, hash)
		}, err
	}
	kept, ok, err := p.check(ctx, c.User, password)
	return func(ctx context.Context, tx *db.Tx, _ useraccount.ID) (bool, error) {
		if !ok {
			return false, nil
		}
		return kept.Still(ctx, tx)
	}, err
}
