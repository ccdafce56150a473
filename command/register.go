package command

import (
	"context"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Register opens an account, or gives the one there is a new name.
var Register = &Command{
	Name: "register", Who: Anyone, Where: AtGateway,
	Fields: []Field{{Name: "name"}},
	Run:    register,
}

func register(ctx context.Context, c *Call) (Reply, error) {
	name := strings.ToLower(c.Arg("name"))
	if c.Account != nil && c.Account.Active {
		return rename(ctx, c, name)
	}
	if err := c.mayRegister(); err != nil {
		return Reply{}, err
	}
	if name == "" { // in chat, the name one has already
		name, _, _ = address.SplitJID(c.User)
		if c.Name != "" || address.ValidUsername(name) != nil {
			return Reply{}, fault.New(fault.Invalid, "register.choose", fault.Args{"register": c.word("register")})
		}
	}
	if err := address.ValidUsername(name); err != nil {
		return Reply{}, err
	}
	first, err := c.Chain.Address(ctx, c.User)
	if err != nil {
		return Reply{}, away(err)
	}
	return c.once(ctx, func(tx *db.Tx) (Reply, error) { return c.welcome(ctx, tx, name, first) })
}

// mayRegister asks the operator's rules.
func (c *Call) mayRegister() error {
	_, domain, _ := address.SplitJID(c.User)
	served := c.House.OpenToAll || slices.Contains(c.House.Served, domain)
	if c.House.Closed && c.Account == nil || !served {
		return fault.New(fault.NotAllowed, "register.closed", nil)
	}
	return nil
}

func (c *Call) welcome(ctx context.Context, tx *db.Tx, name, first string) (Reply, error) {
	u, _, err := useraccount.Register(ctx, tx, c.User, c.Now)
	if err != nil {
		return Reply{}, err
	}
	if err := useraccount.Rename(ctx, tx, u, name, c.Now); err != nil {
		return Reply{}, err
	}
	had, err := deposit.Addresses(ctx, tx, u.ID)
	if err != nil {
		return Reply{}, err
	}
	if len(had) == 0 {
		if err := deposit.AddAddress(ctx, tx, u.ID, first, "", c.Now); err != nil {
			return Reply{}, err
		}
		had = append(had, deposit.Address{Address: first, User: u.ID, Node: address.EncodeJID(first)})
	}
	r := say("register.welcome", map[string]any{"name": name})
	r.add("register.jid", map[string]any{"jid": name + "@" + c.House.Domain})
	r.add("register.custody", map[string]any{"limit": int64(c.House.Limits.Balance)})
	r.add("register.try", map[string]any{"receive": c.word("receive"), "balance": c.word("balance"), "help": c.word("help")})
	r.Greet = []Contact{{Kind: ToGateway, Name: c.House.Domain}}
	for _, a := range had {
		r.Greet = append(r.Greet, c.addressContact(a, u))
	}
	r.Presence = true
	return r, nil
}

// Name shows the username or changes it.
var Name = &Command{
	Name: "name", Who: Member, Where: AtGateway,
	Fields: []Field{{Name: "name", Optional: true}},
	Run: func(ctx context.Context, c *Call) (Reply, error) {
		return rename(ctx, c, strings.ToLower(c.Arg("name")))
	},
}

func rename(ctx context.Context, c *Call, name string) (Reply, error) {
	if name == "" || name == c.Account.Name {
		return say("name.yours", map[string]any{"name": c.Account.Name, "jid": c.Account.Name + "@" + c.House.Domain}), nil
	}
	return c.once(ctx, func(tx *db.Tx) (Reply, error) {
		u, err := useraccount.ByID(ctx, tx, c.Account.ID)
		if err != nil {
			return Reply{}, err
		}
		if err := useraccount.Rename(ctx, tx, u, name, c.Now); err != nil {
			return Reply{}, err
		}
		r := say("name.changed", map[string]any{"name": name, "jid": name + "@" + c.House.Domain})
		r.Presence = true
		return r, nil
	})
}
