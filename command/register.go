package command

import (
	"context"
	"slices"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// Register opens an account; as a form it also gives the one there is a new
// name.
var Register = &Command{
	Name: "register", Who: Anyone, Where: AtGateway, Access: wallet.Nobody,
	Fields: []Field{{Name: "name"}},
	Words:  onlyWords("name"),
	Run:    register,
	// A member is shown the name there is, and how to change it.
	Changes: func(c *Call) bool { return c.by.User == nil || !c.by.User.Active },
}

func register(ctx context.Context, c *Call) (Reply, error) {
	name := address.Fold(c.Arg("name"))
	if c.by.User != nil && c.by.User.Active {
		if c.Name == "" { // in chat; a form shows the name that it changes
			return c.showName(name)
		}
		return rename(ctx, c, name)
	}
	if err := c.mayRegister(); err != nil {
		return Reply{}, err
	}
	if name == "" { // in chat, the name one has already
		name, _, _ = address.SplitJID(c.User)
		if c.Name != "" || address.ValidUsername(name) != nil {
			return Reply{}, wallet.ErrNoName.With(fault.Args{"register": "register"})
		}
	}
	if err := address.ValidUsername(name); err != nil {
		return Reply{}, err
	}
	first, err := c.first(ctx, name)
	if err != nil {
		return Reply{}, err
	}
	return c.once(ctx, func(tx *db.Tx) (Reply, error) { return c.welcome(ctx, tx, name, first) })
}

// mayRegister asks the operator's rules. Who had an account may always come
// back to it: there may be coins on it.
func (c *Call) mayRegister() error {
	if c.by.User != nil {
		return nil
	}
	_, domain, _ := address.SplitJID(c.User)
	h := c.Policy
	if h.Closed || len(h.RegistrationDomains) > 0 && !slices.Contains(h.RegistrationDomains, domain) {
		return fault.New(fault.NotAllowed, "register.closed", nil)
	}
	return nil
}

// first asks the node for the first address of a new user, "" for who has one.
// Nothing is asked for a name that is taken.
func (c *Call) first(ctx context.Context, name string) (string, error) {
	id := useraccount.ID(0)
	if c.by.User != nil {
		id = c.by.User.ID
		had, err := deposit.Addresses(ctx, c.DB.Read(), id)
		if err != nil || len(had) > 0 {
			return "", err
		}
	}
	if err := useraccount.Free(ctx, c.DB.Read(), id, name, c.by.Now); err != nil {
		return "", err
	}
	return c.OwnAddress(ctx, c.User)
}

func (c *Call) welcome(ctx context.Context, tx *db.Tx, name, first string) (Reply, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return Reply{}, err
	}
	u, _, err := useraccount.Register(ctx, tx, c.User, now)
	if err != nil {
		return Reply{}, err
	}
	return c.settle(ctx, tx, u, name, first)
}

// settle gives a new user, who is locked, what they need: a name and an address.
func (c *Call) settle(ctx context.Context, tx *db.Tx, u *useraccount.User, name, first string) (Reply, error) {
	if err := useraccount.Rename(ctx, tx, u, name, u.Now); err != nil {
		return Reply{}, err
	}
	kept := c.heard && u.Lang == "" && c.Lang != c.Words.Match(c.Policy.Languages...)
	if kept {
		// What the user is told later is told in the language that the user spoke.
		if err := useraccount.Set(ctx, tx, u, "language", c.Lang); err != nil {
			return Reply{}, err
		}
	}
	had, err := deposit.Addresses(ctx, tx, u.ID)
	if err != nil {
		return Reply{}, err
	}
	if len(had) == 0 && first != "" {
		if err := deposit.AddAddress(ctx, tx, u.ID, first, "", u.Now); err != nil {
			return Reply{}, err
		}
		had = append(had, deposit.Address{Address: first, User: u.ID, Node: address.EncodeJID(first)})
	}
	r := say("register.welcome", map[string]any{"name": name})
	r.add("register.jid", map[string]any{"jid": name + "@" + c.Policy.Domain})
	r.add("register.custody", map[string]any{"limit": int64(c.Policy.Limits.Balance)})
	if kept {
		line := c.suggest("", "set", c.Words.Printer(c.Lang, "").Say("choice.setting.language", nil), c.Words.Printer(c.Lang, "").Say("choice.value.auto", nil))
		r.add("register.language", map[string]any{"value": c.languageName(c.Lang), "line": line.Text})
	}
	r.add("register.try", map[string]any{"receive": c.word("receive"), "balance": c.word("balance"), "help": c.word("help")})
	r.Greet = []Contact{{Kind: ToGateway, Name: c.Policy.Domain}}
	for _, a := range had {
		r.Greet = append(r.Greet, c.contactOf(a, u))
	}
	r.Presence = true
	return r, nil
}
