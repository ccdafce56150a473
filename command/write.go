package command

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// write runs fn in one transaction, also if who asked has gone meanwhile. If the
// answer to its COMMIT is lost nothing is known; who asks again, by the same key,
// finds out.
func (d *Desk) write(ctx context.Context, fn func(ctx context.Context, tx *db.Tx) error) error {
	ctx, cancel := d.within(ctx)
	defer cancel()
	err := d.act(ctx, func(tx *db.Tx) error { return fn(ctx, tx) })
	if errors.Is(err, db.ErrUnknown) {
		return ErrOutcomeUnknown.Because(err)
	}
	if err == nil && d.Wake != nil {
		d.Wake()
	}
	return err
}

// asMember is once for what is decided about the user, who is locked before, as
// they are then. Who has left meanwhile is told so.
func (c *Call) asMember(ctx context.Context, fn func(tx *db.Tx, u *useraccount.User) (Reply, error)) (Reply, error) {
	return c.once(ctx, func(tx *db.Tx) (Reply, error) {
		u, err := c.locked(ctx, tx)
		if err != nil {
			return Reply{}, err
		}
		return fn(tx, u)
	})
}

// locked locks the user, who has an account.
func (c *Call) locked(ctx context.Context, tx *db.Tx) (*useraccount.User, error) {
	u, err := useraccount.Lock(ctx, tx, c.Account.ID)
	if err == nil && !u.Active {
		err = useraccount.ErrNotRegistered.With(fault.Args{"register": c.word("register")})
	}
	return u, err
}

// act runs fn in one transaction, and again if somebody else wrote the same name,
// user or key just now.
func (d *Desk) act(ctx context.Context, fn func(tx *db.Tx) error) error {
	err := d.DB.Tx(ctx, fn)
	for try := 1; try < 3 && db.IsUnique(err); try++ {
		err = d.DB.Tx(ctx, fn)
	}
	return err
}
