package command

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// Applications lists the apps that are linked.
var Applications = &Command{
	Name: "apps", Who: Member, Where: AtGateway, Access: wallet.Receive, Looks: true, AsksNoNode: true,
	Run: apps,
}

func apps(ctx context.Context, c *Call) (Reply, error) {
	all, err := app.All(ctx, c.DB.Read(), c.by.User.ID)
	if err != nil {
		return Reply{}, err
	}
	if len(all) == 0 {
		r := say("apps.none", map[string]any{"link": c.word("link")})
		r.Data = []AppView{}
		return r, nil
	}
	r := say("apps.head", nil)
	views := make([]AppView, 0, len(all))
	for _, a := range all {
		view, err := c.viewOf(ctx, &a)
		if err != nil {
			return Reply{}, err
		}
		r.add("apps.line", c.lineOf(&a, view.Left))
		views = append(views, view)
	}
	r.add("apps.more", map[string]any{"word": c.word("app")})
	r.Data = views
	return r, nil
}

// viewOf is an app with what is left of its budget.
func (c *Call) viewOf(ctx context.Context, a *app.App) (AppView, error) {
	left, err := a.Left(ctx, c.DB.Read(), c.by.Now)
	return AppView{Name: a.Name, Kind: string(a.Kind), Budget: a.Budget, Left: max(left, 0), Per: string(a.Per), ReceiveOnly: a.ReceiveOnly,
		Paused: a.Paused, Created: a.Created, Joined: a.Joined.Int64, Expires: a.Expires.Int64}, err
}

// lineOf are the arguments of a phrase about an app and what is left to it.
func (c *Call) lineOf(a *app.App, left amount.Msat) map[string]any {
	args := c.rightsOf(a)
	args["left"], args["kind"], args["over"] = int64(left), string(a.Kind), a.Over(c.by.Now)
	args["seen"], args["joined"] = a.Joined.Valid, a.Joined.Int64
	return args
}

// Unlink takes an app away from the wallet.
var Unlink = &Command{
	Name: "unlink", Who: Member, Where: AtGateway, Access: wallet.Nobody, AsksNoNode: true,
	Fields:  []Field{{Name: "name"}},
	Changes: always,
	Run:     unlink,
}

func unlink(ctx context.Context, c *Call) (Reply, error) {
	if c.Arg("name") == "" {
		return Reply{}, c.usage()
	}
	return c.anApp(ctx, func(tx *db.Tx, u *useraccount.User, a *app.App) (Reply, error) {
		if err := c.dropAsked(ctx, tx, u, a); err != nil {
			return Reply{}, err
		}
		return say("app.unlinked", map[string]any{"app": a.Name}), a.End(ctx, tx, u.Now)
	})
}
