package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// Mute has the user told nothing more of what one person asks for or pays, or
// lists who is muted. Money still comes: it is in the history.
var Mute = &Command{
	Name: "mute", Who: Member, Where: AtGateway | AtUser, Access: wallet.Nobody, AsksNoNode: true,
	Fields:  []Field{{Name: "to", Optional: true}},
	Words:   onlyWords("to"),
	Changes: func(c *Call) bool { return c.Arg("to") != "" || c.To.Kind == ToUser },
	Run: func(ctx context.Context, c *Call) (Reply, error) {
		if c.Arg("to") == "" && c.To.Kind == ToGateway {
			return c.showMuted(ctx)
		}
		return c.mute(ctx, func(ctx context.Context, tx *db.Tx, u, other *useraccount.User) (Reply, error) {
			r := say("mute.done", map[string]any{"who": other.Name, "unmute": c.word("unmute") + " " + other.Name})
			return r, useraccount.Mute(ctx, tx, u, other)
		})
	},
}

// Unmute ends it.
var Unmute = &Command{
	Name: "unmute", Who: Member, Where: AtGateway | AtUser, Access: wallet.Nobody, AsksNoNode: true,
	Fields:  []Field{{Name: "to"}},
	Words:   onlyWords("to"),
	Changes: always,
	Run: func(ctx context.Context, c *Call) (Reply, error) {
		return c.mute(ctx, func(ctx context.Context, tx *db.Tx, u, other *useraccount.User) (Reply, error) {
			ended, err := useraccount.Unmute(ctx, tx, u, other)
			if err == nil && !ended {
				err = fault.New(fault.NotFound, "mute.not", fault.Args{"who": other.Name})
			}
			return say("mute.ended", map[string]any{"who": other.Name}), err
		})
	},
}

// mute has the user do something about the person who is named, or spoken to.
func (c *Call) mute(ctx context.Context, do func(context.Context, *db.Tx, *useraccount.User, *useraccount.User) (Reply, error)) (Reply, error) {
	name := strings.TrimSuffix(address.Fold(c.Arg("to")), "@"+c.Policy.Domain)
	if name == "" && c.To.Kind == ToUser {
		name = c.To.Name
	}
	if name == "" {
		return Reply{}, c.usage()
	}
	other, err := useraccount.ByName(ctx, c.DB.Read(), name)
	if fault.Is(err, fault.NotFound) {
		return Reply{}, wallet.ErrNobody.With(fault.Args{"who": i18n.Clip(name, 90)})
	}
	if err != nil {
		return Reply{}, err
	}
	if other.ID == c.by.User.ID {
		return Reply{}, fault.New(fault.Invalid, "mute.yourself", nil)
	}
	return c.asMember(ctx, func(tx *db.Tx, u *useraccount.User) (Reply, error) { return do(ctx, tx, u, other) })
}

func (c *Call) showMuted(ctx context.Context) (Reply, error) {
	names, err := useraccount.MutedBy(ctx, c.DB.Read(), c.by.User)
	if err != nil {
		return Reply{}, err
	}
	if len(names) == 0 {
		return say("mute.none", map[string]any{"word": c.word("mute")}), nil
	}
	return say("mute.list", map[string]any{"names": strings.Join(names, ", "), "word": c.word("unmute")}), nil
}
