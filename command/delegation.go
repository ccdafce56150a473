package command

import (
	"context"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// Delegations lists who may act for the user who has a name; a NotFound fault if
// nobody has it.
func (d *Desk) Delegations(ctx context.Context, name string) (_ []useraccount.Delegation, err error) {
	defer wallet.DatabaseAway(&err)
	u, err := useraccount.ByName(ctx, d.DB.Read(), name)
	if err != nil {
		return nil, err
	}
	return useraccount.Delegations(ctx, d.DB.Read(), u.ID)
}

// Delegate lets the user who has a name act for the one who asks, by rules that
// the door reads. A user may have most delegations.
func (d *Desk) Delegate(ctx context.Context, r Request, target, rules string, most int) error {
	return d.delegating(ctx, r, target, func(ctx context.Context, tx *db.Tx, owner, target *useraccount.User) error {
		return useraccount.Delegate(ctx, tx, owner, target, rules, most)
	})
}

// Undelegate takes back what the user who has a name might do for the one who
// asks. It holds at every instance of the gateway when it returns.
func (d *Desk) Undelegate(ctx context.Context, r Request, target string) error {
	return d.delegating(ctx, r, target, useraccount.Undelegate)
}

// delegating changes a delegation of the user who asks, in person. It is no word
// that can be said, and doing it again is the same as once.
func (d *Desk) delegating(ctx context.Context, r Request, target string,
	change func(ctx context.Context, tx *db.Tx, owner, target *useraccount.User) error) (err error) {
	defer wallet.DatabaseAway(&err)
	r.ID = ""
	c, err := d.call(ctx, r)
	if err != nil {
		return err
	}
	_, err = c.obey(ctx, &Command{Name: "delegations", Who: Member, Where: AtGateway, Access: wallet.Nobody, AsksNoNode: true,
		Run: func(ctx context.Context, c *Call) (Reply, error) {
			return c.asMember(ctx, func(tx *db.Tx, u *useraccount.User) (Reply, error) {
				to, err := useraccount.ByName(ctx, tx, target)
				if err != nil {
					return Reply{}, err
				}
				return Reply{}, change(ctx, tx, u, to)
			})
		}})
	return err
}
