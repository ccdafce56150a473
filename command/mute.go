package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/wallet"
)

// Mute has the user told nothing more of what one person asks for or pays, or
// lists who is muted. Money still comes: it is in the history.
var Mute = &Command{
	Name: "mute", Who: Member, Where: AtGateway | AtUser, Access: wallet.Nobody, AsksNoNode: true,
	Fields:  []Field{{Name: "to", Optional: true}},
	Words:   onlyWords("to"),
	Changes: func(c *Call) bool { return c.person() != "" },
	Again:   []Telling{tells((*Call).muted)},
	Run: func(ctx context.Context, c *Call) (Reply, error) {
		name := c.person()
		if name == "" {
			return saying(c.listedMuted)(c.Service.Muted(ctx, c.by))
		}
		return saying(c.muted)(c.Service.Mute(ctx, c.by, name))
	},
}

// person is who is named, or spoken to; "" for nobody.
func (c *Call) person() string {
	if name := c.Arg("to"); name != "" || c.To.Kind != wallet.UserContact {
		return name
	}
	return c.To.Name
}

func (c *Call) muted(m wallet.Muted) Reply {
	return say("mute.done", map[string]any{"who": m.Name, "unmute": c.word("unmute") + " " + m.Name})
}

func (c *Call) listedMuted(names []string) Reply {
	if len(names) == 0 {
		return say("mute.none", map[string]any{"word": c.word("mute")})
	}
	return say("mute.list", map[string]any{"names": strings.Join(names, ", "), "word": c.word("unmute")})
}
