package command

import (
	"context"

	"github.com/bitcoim/bitcoim/wallet"
)

// Deny refuses what an app asked for.
var Deny = &Command{
	Name: "deny", Who: Member, Where: AtGateway, Access: wallet.Nobody, AsksNoNode: true, FindsAgain: true,
	Fields:  []Field{{Name: "code"}},
	Changes: given("code"),
	Again:   []Telling{tells((*Call).cancelled)},
	Run: func(ctx context.Context, c *Call) (Reply, error) {
		code := codeOf(c.Arg("code"))
		if code == "" {
			return Reply{}, c.usage()
		}
		o, err := c.Service.Deny(ctx, c.by, code)
		if err != nil {
			return Reply{}, err
		}
		return c.cancelled(o), nil
	},
}
