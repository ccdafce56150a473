package command

import (
	"context"

	"github.com/bitcoim/bitcoim/wallet"
)

// Unmute has the user told again of somebody who was muted.
var Unmute = &Command{
	Name: "unmute", Who: Member, Where: AtGateway | AtUser, Access: wallet.Nobody, AsksNoNode: true,
	Fields:  []Field{{Name: "to"}},
	Words:   onlyWords("to"),
	Changes: always,
	Again:   []Telling{tells((*Call).unmuted)},
	Run: func(ctx context.Context, c *Call) (Reply, error) {
		name := c.person()
		if name == "" {
			return Reply{}, c.usage()
		}
		return saying(c.unmuted)(c.Service.Unmute(ctx, c.by, name))
	},
}

func (c *Call) unmuted(u wallet.Unmuted) Reply {
	return say("mute.ended", map[string]any{"who": u.Name})
}
