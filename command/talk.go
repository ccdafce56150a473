package command

import (
	"context"

	"github.com/bitcoim/bitcoim/wallet"
)

// talk opens a chat from an address that was typed. It is no word that can be
// said, so it is not in the index.
var talk = &Command{Name: "talk", Who: Member, Where: AtGateway, Again: []Telling{tells((*Call).greeted)},
	Run: func(ctx context.Context, c *Call) (Reply, error) {
		return saying(c.greeted)(c.Service.Greet(ctx, c.by, c.Arg("address"), c.Lang, c.Unit))
	},
}

func (c *Call) greeted(g wallet.Greeted) Reply {
	if g.Own {
		return say("contact.own", map[string]any{"address": g.Address})
	}
	return say("pay.how-much", map[string]any{"who": g.Address})
}
