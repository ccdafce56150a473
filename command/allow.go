package command

import (
	"context"

	"github.com/bitcoim/bitcoim/wallet"
)

// Allow lets an app pay what is above its budget, this once.
var Allow = &Command{
	Name: "allow", Who: Member, Where: AtGateway, Access: wallet.Nobody, MovesMoney: true, AsksNoNode: true, FindsAgain: true,
	Fields:  []Field{{Name: "code"}},
	Changes: given("code"),
	Again:   []Telling{tells((*Call).confirmed)},
	Run: func(ctx context.Context, c *Call) (Reply, error) {
		code := codeOf(c.Arg("code"))
		if code == "" {
			return Reply{}, c.usage()
		}
		o, err := c.Service.Allow(ctx, c.by, code)
		if err != nil {
			return Reply{}, err
		}
		return c.confirmed(o), nil
	},
}
