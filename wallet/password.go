package wallet

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Passwords keeps the passwords of users who log in without an XMPP server. It
// works on a few at a time: each costs a tenth of a second.
type Passwords struct {
	s    *Service
	turn chan struct{}
}

// passwordsAtOnce is how many processors strangers may keep busy.
const passwordsAtOnce = 2

// Passwords returns the passwords of the service's users.
func (s *Service) Passwords() *Passwords {
	return &Passwords{s, make(chan struct{}, passwordsAtOnce)}
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

func (p *Passwords) hash(ctx context.Context, password string) (string, error) {
	done, err := p.wait(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return useraccount.HashPassword(password)
}

func (p *Passwords) check(ctx context.Context, jid, password string) (useraccount.Password, bool, error) {
	done, err := p.wait(ctx)
	if err != nil {
		return useraccount.Password{}, false, err
	}
	defer done()
	return useraccount.CheckPassword(ctx, p.s.DB.Read(), jid, password)
}

// Check says whether a password is that of the user with a JID, and its number:
// a session that entered with it says so each time it asks (Caller.Login).
func (p *Passwords) Check(ctx context.Context, jid, password string) (number int64, ok bool, err error) {
	defer DatabaseAway(&err)
	kept, ok, err := p.check(ctx, jid, password)
	return kept.Number, ok, err
}

// Change gives a user another password, and returns its number. It is
// ErrWrongPassword if the old one is not theirs, also if it was until somebody
// changed it just now.
func (p *Passwords) Change(ctx context.Context, jid, old, password string) (number int64, err error) {
	defer DatabaseAway(&err)
	wrong := ErrWrongPassword
	kept, ok, err := p.check(ctx, jid, old)
	switch {
	case err != nil:
		return 0, err
	case !ok:
		return 0, wrong
	}
	hash, err := p.hash(ctx, password)
	if err != nil {
		return 0, err
	}
	err = p.s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		u, err := useraccount.Lock(ctx, tx, kept.User)
		switch {
		case err != nil:
			return err
		case !u.Active:
			return wrong
		}
		number, ok, err = kept.Replace(ctx, tx, hash)
		if err == nil && !ok {
			return wrong
		}
		return err
	})
	if !errors.Is(err, db.ErrUnknown) {
		return number, err
	}
	// The hash has a salt of its own: whoever finds it knows that it was written.
	kept, ok, found := p.check(ctx, jid, password)
	if found == nil && ok && kept.Hash == hash {
		return kept.Number, nil
	}
	return 0, err
}

// Set gives the user with a JID a password, whatever they had before; a NotFound
// fault if nobody has the JID. Whoever calls it has seen who they are.
func (p *Passwords) Set(ctx context.Context, jid, password string) (err error) {
	defer DatabaseAway(&err)
	hash, err := p.hash(ctx, password)
	if err != nil {
		return err
	}
	u, err := useraccount.ByJID(ctx, p.s.DB.Read(), jid)
	if err != nil {
		return err
	}
	return p.s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := useraccount.Lock(ctx, tx, u.ID); err != nil {
			return err
		}
		return useraccount.SetPassword(ctx, tx, u.ID, hash)
	})
}
