package command

import (
	"context"

	"github.com/bitcoim/bitcoim/wallet"
)

// Unlink takes an app away from the wallet.
var Unlink = &Command{
	Name: "unlink", Who: Member, Where: AtGateway, Access: wallet.Nobody, AsksNoNode: true,
	Fields:  []Field{{Name: "name"}},
	Changes: always,
	Run:     unlink,
	Again:   []Telling{tells((*Call).saidUnlinked)},
}

func unlink(ctx context.Context, c *Call) (Reply, error) {
	if c.Arg("name") == "" {
		return Reply{}, c.usage()
	}
	gone, err := c.Service.Unlink(ctx, c.by, c.Arg("name"))
	if err != nil {
		return Reply{}, err
	}
	return c.saidUnlinked(gone), nil
}

func (c *Call) saidUnlinked(gone wallet.Unlinked) Reply {
	return say("app.unlinked", map[string]any{"app": gone.Name})
}
