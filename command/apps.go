package command

import (
	"context"

	"github.com/bitcoim/bitcoim/wallet"
)

// Apps lists the apps that are linked.
var Apps = &Command{
	Name: "apps", Who: Member, Where: AtGateway, Access: wallet.Receive, ReadOnly: true, AsksNoNode: true,
	Run: apps,
}

func apps(ctx context.Context, c *Call) (Reply, error) {
	all, err := c.LinkedApps(ctx, c.by)
	if err != nil {
		return Reply{}, err
	}
	if len(all) == 0 {
		r := say("apps.none", nil)
		return r, nil
	}
	r := say("apps.head", nil)
	for _, a := range all {
		r.add("apps.line", c.lineOf(a))
	}
	r.add("apps.more", nil)
	return r, nil
}

// lineOf are the arguments of a phrase about an app and what is left to it.
func (c *Call) lineOf(a wallet.LinkedApp) map[string]any {
	args := c.rightsOf(a)
	args["left"], args["kind"], args["over"] = int64(a.Left), string(a.Kind), a.Over
	args["seen"], args["joined"] = a.Joined != 0, a.Joined
	return args
}

// rightsOf are the arguments of phrases about what an app may do.
func (c *Call) rightsOf(a wallet.LinkedApp) map[string]any {
	return map[string]any{"app": a.Name, "receives": a.ReceiveOnly, "asks": !a.ReceiveOnly && a.Budget.Amount == 0, "budget": int64(a.Budget.Amount),
		"per": c.per(a.Budget.Per), "ends": a.Expires != 0, "until": a.Expires, "paused": a.Paused}
}

// per is a period as people say it after an amount.
func (c *Call) per(p wallet.Period) string {
	return c.Words.Printer(c.Lang, c.Unit).Say("app.per-"+string(p), nil)
}
