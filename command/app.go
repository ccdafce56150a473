package command

import (
	"context"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// App shows an app, or changes what it may do.
var App = &Command{
	Name: "app", Who: Member, Where: AtGateway, Hands: InPerson,
	Fields: []Field{
		{Name: "name"},
		{Name: "do", Kind: ChoiceField, Choices: appDoes, Default: "show", Optional: true},
		{Name: "budget", Optional: true, Rest: true},
	},
	Run: oneApp,
}

var appDoes = []string{"show", "budget", "pause", "resume", "log"}

func oneApp(ctx context.Context, c *Call) (Reply, error) {
	do, ok := c.optional("do", appDoes...)
	if c.Arg("name") == "" || !ok || do == "budget" && c.Arg("budget") == "" {
		return Reply{}, c.usage()
	}
	switch do {
	case "budget":
		return c.setBudget(ctx)
	case "pause", "resume":
		return c.pause(ctx, do == "pause")
	}
	a, err := c.appNamed(ctx, c.DB.Read())
	if err != nil {
		return Reply{}, err
	}
	if do == "log" {
		return c.logOf(ctx, a)
	}
	view, err := c.viewOf(ctx, a)
	if err != nil {
		return Reply{}, err
	}
	r := say("apps.line", c.lineOf(a, view.Left))
	r.add("app.how", c.rightsOf(a))
	r.Data = view
	return r, nil
}

// appNamed finds the app that the user names.
func (c *Call) appNamed(ctx context.Context, q sqlx.QueryerContext) (*app.App, error) {
	return app.ByName(ctx, q, c.Account.ID, strings.ToLower(clip(c.Arg("name"), 40)))
}

func (c *Call) setBudget(ctx context.Context) (Reply, error) {
	m, per, err := c.budget(c.Arg("budget"))
	if err != nil {
		return Reply{}, err
	}
	return c.once(ctx, func(tx *db.Tx) (Reply, error) {
		a, err := c.appNamed(ctx, tx)
		if err != nil {
			return Reply{}, err
		}
		if a.ReceiveOnly {
			return Reply{}, a.MayPay(c.Now)
		}
		a.Budget, a.Per = m, per
		return say("app.budgeted", c.rightsOf(a)), a.SetBudget(ctx, tx, m, per, c.Now)
	})
}

func (c *Call) pause(ctx context.Context, paused bool) (Reply, error) {
	return c.once(ctx, func(tx *db.Tx) (Reply, error) {
		a, err := c.appNamed(ctx, tx)
		if err != nil {
			return Reply{}, err
		}
		phrase := "app.resumed"
		if paused {
			phrase = "app.paused"
			if err := c.dropAsked(ctx, tx, a); err != nil {
				return Reply{}, err
			}
		}
		return say(phrase, c.rightsOf(a)), a.Pause(ctx, tx, paused)
	})
}

// dropAsked takes back what the app asked the user for and has no answer to.
func (c *Call) dropAsked(ctx context.Context, tx *db.Tx, a *app.App) error {
	waiting, err := paymentorder.Waiting(ctx, tx, c.Account.ID, c.Now)
	if err != nil {
		return err
	}
	for _, o := range waiting {
		by, _, err := app.OfOrder(ctx, tx, o.ID)
		if err != nil {
			return err
		}
		if by != nil && by.ID == a.ID {
			if err := o.Cancel(ctx, tx, c.Now); err != nil {
				return err
			}
		}
	}
	return nil
}

// logOf lists what an app paid, or wanted to pay.
func (c *Call) logOf(ctx context.Context, a *app.App) (Reply, error) {
	lines, err := a.Log(ctx, c.DB.Read(), page)
	if err != nil {
		return Reply{}, err
	}
	if len(lines) == 0 {
		return say("app.log-none", map[string]any{"app": a.Name}), nil
	}
	r := say("app.log", map[string]any{"app": a.Name})
	for _, l := range lines {
		r.add("app.log-"+l.How(), map[string]any{"at": l.Created, "amount": int64(l.Amount), "who": l.SaidTo, "memo": l.Memo, "asked": !l.Unasked})
	}
	return r, nil
}
