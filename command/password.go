package command

import (
	"context"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Passwords keeps the passwords of users who log in without an XMPP server. It
// works on a few at a time: each costs a tenth of a second.
type Passwords struct {
	desk *Desk
	turn chan struct{}
}

// passwordsAtOnce is how many processors strangers may keep busy.
const passwordsAtOnce = 2

// Passwords returns the passwords of the desk's users.
func (d *Desk) Passwords() *Passwords {
	return &Passwords{d, make(chan struct{}, passwordsAtOnce)}
}

// wait takes a turn; the function that is returned gives it back.
func (p *Passwords) wait(ctx context.Context) (func(), error) {
	select {
	case p.turn <- struct{}{}:
		return func() { <-p.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Set gives the user with a JID a password, or another one; a NotFound fault if
// nobody has it.
func (p *Passwords) Set(ctx context.Context, jid, password string) (err error) {
	defer later(&err)
	done, err := p.wait(ctx)
	if err != nil {
		return err
	}
	hash, err := useraccount.HashPassword(password)
	done()
	if err != nil {
		return err
	}
	u, err := useraccount.ByJID(ctx, p.desk.DB.Read(), jid)
	if err != nil {
		return err
	}
	return p.desk.DB.Tx(ctx, func(tx *db.Tx) error { return useraccount.SetPassword(ctx, tx, u.ID, hash) })
}

// Check says whether a password is that of the user with a JID.
func (p *Passwords) Check(ctx context.Context, jid, password string) (_ bool, err error) {
	defer later(&err)
	done, err := p.wait(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	return useraccount.CheckPassword(ctx, p.desk.DB.Read(), jid, password)
}
