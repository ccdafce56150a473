package command

import (
	"context"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Delegations lists who may act for the user who has a name; a NotFound fault if
// nobody has it.
func (d *Desk) Delegations(ctx context.Context, name string) (_ []useraccount.Delegation, err error) {
	defer later(&err)
	u, err := useraccount.ByName(ctx, d.DB.Read(), name)
	if err != nil {
		return nil, err
	}
	return useraccount.Delegations(ctx, d.DB.Read(), u.ID)
}

// Delegate lets the user who has a name act for the one who asks, by rules that
// the door reads. A user may have most delegations.
func (d *Desk) Delegate(ctx context.Context, r Request, target, rules string, most int) error {
	return d.delegating(ctx, r, target, func(ctx context.Context, tx *db.Tx, owner *useraccount.User, target int64) error {
		return useraccount.Delegate(ctx, tx, owner.ID, target, rules, most, owner.Now)
	})
}

// Undelegate takes back what the user who has a name might do for the one who
// asks. It holds at every instance of the gateway when it returns.
func (d *Desk) Undelegate(ctx context.Context, r Request, target string) error {
	return d.delegating(ctx, r, target, func(ctx context.Context, tx *db.Tx, owner *useraccount.User, target int64) error {
		return useraccount.Undelegate(ctx, tx, owner.ID, target)
	})
}

// delegating changes a delegation of the user who asks, in person.
func (d *Desk) delegating(ctx context.Context, r Request, target string,
	change func(ctx context.Context, tx *db.Tx, owner *useraccount.User, target int64) error) (err error) {
	defer later(&err)
	c, err := d.call(ctx, r)
	if err != nil {
		return err
	}
	gone := fault.New(fault.NotAllowed, "user.not-registered", fault.Args{"register": c.word("register")})
	if c.Account == nil {
		return gone
	}
	return d.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		u, err := useraccount.Lock(ctx, tx, c.Account.ID)
		switch {
		case err != nil:
			return err
		case !u.Active:
			return gone
		case r.App != 0:
			return fault.New(fault.NotAllowed, "app.not-in-person", fault.Args{"word": "delegations"})
		case r.Login != 0 && r.Login != u.Passwords:
			return errSessionOver()
		}
		to, err := useraccount.ByName(ctx, tx, target)
		if err != nil {
			return err
		}
		return change(ctx, tx, u, to.ID)
	})
}
