package command

import (
	"context"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// Unregister closes an account. Coins that are left wait for the same JID.
var Unregister = &Command{
	Name: "unregister", Who: Member, Where: AtGateway, Access: wallet.Nobody,
	Fields:  []Field{{Name: "sure", Kind: ChoiceField, Choices: []string{"no", "yes"}, Default: "no"}},
	Words:   onlyWords("sure"),
	Changes: func(c *Call) bool { return c.sure() },
	Run:     unregister,
}

// CloseEmpty closes an account as unregister does, if nothing is on it and
// nothing on its way; a Conflict fault "unregister.not-empty" otherwise.
func (d *Desk) CloseEmpty(ctx context.Context, r Request) (reply Reply, err error) {
	defer wallet.DatabaseAway(&err)
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
	if sure == "no" && c.Name == "" {
		return say("unregister.stay", nil), nil
	}
	if sure != "yes" {
		balance, err := ledger.Balance(ctx, c.DB.Read(), c.by.User.Money)
		if err != nil {
			return Reply{}, err
		}
		r := say("unregister.sure", map[string]any{"balance": int64(balance), "word": c.word("unregister")})
		r.Next = []Suggestion{c.suggest("button.unregister", "unregister", c.Words.Printer(c.Lang, c.Unit).Say("choice.sure.yes", nil))}
		return r, nil
	}
	return c.once(ctx, func(tx *db.Tx) (Reply, error) {
		if err := app.LockAll(ctx, tx, c.by.User.ID); err != nil {
			return Reply{}, err
		}
		u, err := c.by.Locked(ctx, tx)
		if err != nil {
			return Reply{}, err
		}
		balance, err := ledger.Lock(ctx, tx, u.Money, u.Held)
		if err != nil {
			return Reply{}, err
		}
		if err := c.mayLeave(ctx, tx, u); err != nil {
			return Reply{}, err
		}
		if err := c.dropAll(ctx, tx, u); err != nil {
			return Reply{}, err
		}
		r := say("unregister.done", nil)
		if balance > 0 {
			r.add("unregister.coins", map[string]any{"balance": int64(balance)})
		}
		if r.Part, err = c.partings(ctx, tx, u); err != nil {
			return Reply{}, err
		}
		return r, useraccount.Unregister(ctx, tx, u, u.Now)
	})
}

// mayLeave is the fault of whoever closes an account over LIME, which only an empty
// one can be, while there is money on it or under way. The account is read again:
// money may have come before its rows were locked.
func (c *Call) mayLeave(ctx context.Context, tx *db.Tx, u *useraccount.User) error {
	if !c.empty {
		return nil
	}
	is, err := useraccount.ByID(ctx, tx, u.ID)
	if err != nil {
		return err
	}
	if all := is.Has.Balance + is.Has.Held + is.Has.Pending; all > 0 {
		return fault.New(fault.Conflict, "unregister.not-empty", fault.Args{"balance": int64(all)})
	}
	return nil
}

// dropAll ends what the user who leaves has begun, and nobody has acted on: orders
// that wait, apps, and invoices that a neighbour could still order to pay.
func (c *Call) dropAll(ctx context.Context, tx *db.Tx, u *useraccount.User) error {
	open, err := paymentorder.Waiting(ctx, tx, u.ID, u.Now)
	if err != nil {
		return err
	}
	for _, o := range open {
		if _, err := o.Withdraw(ctx, tx, u.Now); err != nil {
			return err
		}
	}
	if err := app.EndAll(ctx, tx, u.ID, u.Now); err != nil {
		return err
	}
	return invoice.DropAll(ctx, tx, u.ID, u.Now)
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
