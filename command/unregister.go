package command

import (
	"context"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Unregister closes an account. Coins that are left wait for the same JID.
var Unregister = &Command{
	Name: "unregister", Who: Member, Where: AtGateway, Hands: InPerson,
	Fields: []Field{{Name: "sure", Kind: ChoiceField, Choices: []string{"no", "yes"}, Default: "no"}},
	Run:    unregister,
}

// CloseEmpty closes an account as unregister does, if nothing is on it and
// nothing on its way; a Conflict fault "unregister.not-empty" otherwise.
func (d *Desk) CloseEmpty(ctx context.Context, r Request) (reply Reply, err error) {
	defer later(&err)
	r.Name, r.Args = "unregister", map[string]string{"sure": "yes"}
	c, err := d.call(ctx, r)
	if err == nil {
		c.empty = true
		reply, err = c.run(ctx)
	}
	reply.Lang, reply.Unit = c.Lang, c.Unit
	return reply, err
}

func unregister(ctx context.Context, c *Call) (Reply, error) {
	sure, ok := c.optional("sure", "no", "yes")
	if !ok {
		return Reply{}, c.usage()
	}
	if sure != "yes" {
		balance, err := ledger.Balance(ctx, c.DB.Read(), c.Account.Money)
		if err != nil {
			return Reply{}, err
		}
		r := say("unregister.sure", map[string]any{"balance": int64(balance), "word": c.word("unregister")})
		r.Next = []Suggestion{c.suggest("button.unregister", "unregister", c.Words.Printer(c.Lang, c.Unit).Say("choice.sure.yes", nil))}
		return r, nil
	}
	return c.once(ctx, func(tx *db.Tx) (Reply, error) {
		u, err := useraccount.Lock(ctx, tx, c.Account.ID)
		if err != nil {
			return Reply{}, err
		}
		balance, err := ledger.Lock(ctx, tx, u.Money, u.Held)
		if err != nil {
			return Reply{}, err
		}
		if u, err = useraccount.ByID(ctx, tx, u.ID); err != nil { // with what came while we waited
			return Reply{}, err
		}
		if !u.Active {
			return Reply{}, fault.New(fault.NotAllowed, "user.not-registered", fault.Args{"register": c.word("register")})
		}
		if all := u.Has.Balance + u.Has.Held + u.Has.Pending; c.empty && all > 0 {
			return Reply{}, fault.New(fault.Conflict, "unregister.not-empty", fault.Args{"balance": int64(all)})
		}
		open, err := paymentorder.Waiting(ctx, tx, u.ID, c.Now)
		if err != nil {
			return Reply{}, err
		}
		for _, o := range open {
			if err := o.Cancel(ctx, tx, c.Now); err != nil {
				return Reply{}, err
			}
		}
		if err := app.EndAll(ctx, tx, u.ID, c.Now); err != nil {
			return Reply{}, err
		}
		r := say("unregister.done", nil)
		if balance > 0 {
			r.add("unregister.coins", map[string]any{"balance": int64(balance)})
		}
		if r.Part, err = c.partings(ctx, tx, u); err != nil {
			return Reply{}, err
		}
		return r, useraccount.Unregister(ctx, tx, u, c.Now)
	})
}

// partings are the contacts that leave the user's roster, the gateway last.
func (c *Call) partings(ctx context.Context, tx *db.Tx, u *useraccount.User) ([]string, error) {
	nodes, err := useraccount.Roster(ctx, tx, u)
	if err != nil {
		return nil, err
	}
	own, err := deposit.Addresses(ctx, tx, u.ID)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{"": true}
	var part []string
	for _, a := range own {
		nodes = append(nodes, a.Node)
	}
	for _, n := range nodes {
		if !seen[n] {
			seen[n] = true
			part = append(part, n)
		}
	}
	return append(part, ""), nil
}
