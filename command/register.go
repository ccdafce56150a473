package command

import (
	"context"

	"github.com/bitcoim/bitcoim/address"
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
	Again:   []Telling{tells((*Call).saidRegistered), tells((*Call).saidNamed)},
}

func register(ctx context.Context, c *Call) (Reply, error) {
	name := address.Fold(c.Arg("name"))
	if c.by.User != nil && c.by.User.Active {
		if c.Name == "" { // in chat; a form shows the name that it changes
			return c.showName(name)
		}
		return rename(ctx, c, name)
	}
	if err := c.MayRegister(c.by); err != nil {
		return Reply{}, err
	}
	if name == "" { // in chat, the name one has already
		name, _, _ = address.SplitJID(c.User)
		if c.Name != "" || address.ValidUsername(name) != nil {
			return Reply{}, wallet.ErrNoName.With(map[string]any{"register": "register"})
		}
	}
	n := wallet.NewAccount{Name: name}
	if c.heard {
		n.Heard = c.Lang
	}
	done, err := c.Service.Register(ctx, c.by, n)
	if err != nil {
		return Reply{}, err
	}
	return c.saidRegistered(done), nil
}

// saidRegistered welcomes a user, whose contacts ask to be in the roster.
func (c *Call) saidRegistered(done wallet.Registered) Reply {
	r := say("register.welcome", c.nameArgs(done.Name))
	r.add("register.jid", c.nameArgs(done.Name))
	r.add("register.custody", map[string]any{"limit": int64(c.Policy.Limits.Balance)})
	if done.Language != "" {
		p := c.Words.Printer(c.Lang, "")
		line := c.suggest("", "set", p.Say("choice.setting.language", nil), p.Say("choice.value.auto", nil))
		r.add("register.language", map[string]any{"value": c.languageName(done.Language), "line": line.Text})
	}
	r.add("register.try", map[string]any{"receive": c.word("receive"), "balance": c.word("balance"), "help": c.word("help")})
	r.Greet = []wallet.Contact{{Kind: wallet.GatewayContact, Name: c.Policy.Domain}}
	for _, a := range done.Addresses {
		r.Greet = append(r.Greet, a.Contact())
	}
	r.Presence = true
	return r
}
