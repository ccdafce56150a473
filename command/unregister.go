package command

import (
	"context"

	"github.com/bitcoim/bitcoim/wallet"
)

// Unregister closes an account. Coins that are left wait for the same JID.
var Unregister = &Command{
	Name: "unregister", Who: Member, Where: AtGateway, Access: wallet.Nobody,
	Fields:  []Field{{Name: "sure", Kind: ChoiceField, Choices: []string{"no", "yes"}, Default: "no"}},
	Words:   onlyWords("sure"),
	Changes: func(c *Call) bool { return c.sure() },
	Run:     unregister,
	Again:   []Telling{tells((*Call).saidUnregistered)},
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
		has, err := c.Service.Balance(ctx, c.by)
		if err != nil {
			return Reply{}, err
		}
		r := say("unregister.sure", map[string]any{"balance": int64(has.Balance), "word": c.word("unregister")})
		r.Next = []Suggestion{c.suggest("button.unregister", "unregister", c.Words.Printer(c.Lang, c.Unit).Say("choice.sure.yes", nil))}
		return r, nil
	}
	gone, err := c.Service.Unregister(ctx, c.by)
	if err != nil {
		return Reply{}, err
	}
	return c.saidUnregistered(gone), nil
}

func (c *Call) saidUnregistered(gone wallet.Unregistered) Reply {
	r := say("unregister.done", nil)
	if gone.Balance > 0 {
		r.add("unregister.coins", map[string]any{"balance": int64(gone.Balance)})
	}
	r.Part = gone.Nodes
	return r
}
