package command

import (
	"context"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// App shows an app, or changes what it may do.
var App = &Command{
	Name: "app", Who: Member, Where: AtGateway, Access: wallet.Nobody, AsksNoNode: true,
	Fields: []Field{
		{Name: "name"},
		{Name: "do", Kind: ChoiceField, Choices: appDoes, Default: "show", Optional: true},
		{Name: "budget", Optional: true, Rest: true},
	},
	Changes: func(c *Call) bool { return c.choice("do", "budget", "pause", "resume") != "" },
	Run:     oneApp,
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
	return app.ByName(ctx, q, c.by.User.ID, strings.ToLower(i18n.Clip(c.Arg("name"), 40)))
}

// anApp is once for what is decided about an app of the user's. Its row is locked
// before theirs, as by whoever asks for a payment in its name.
func (c *Call) anApp(ctx context.Context, fn func(tx *db.Tx, u *useraccount.User, a *app.App) (Reply, error)) (Reply, error) {
	return c.once(ctx, func(tx *db.Tx) (Reply, error) {
		named, err := c.appNamed(ctx, tx)
		if err != nil {
			return Reply{}, err
		}
		a, err := app.Lock(ctx, tx, named.ID)
		if err != nil {
			return Reply{}, err
		}
		if a.Ended.Valid { // just now
			return Reply{}, app.ErrUnknown.With(fault.Args{"app": a.Name})
		}
		u, err := c.by.Locked(ctx, tx)
		if err != nil {
			return Reply{}, err
		}
		return fn(tx, u, a)
	})
}

func (c *Call) setBudget(ctx context.Context) (Reply, error) {
	if err := c.Late(c.by); err != nil { // another budget may have been set since
		return Reply{}, err
	}
	m, per, err := c.budget(c.Arg("budget"))
	if err != nil {
		return Reply{}, err
	}
	return c.anApp(ctx, func(tx *db.Tx, u *useraccount.User, a *app.App) (Reply, error) {
		if a.ReceiveOnly {
			return Reply{}, a.MayPay(u.Now)
		}
		a.Budget, a.Per = m, per
		return say("app.budgeted", c.rightsOf(a)), a.SetBudget(ctx, tx, m, per, u.Now)
	})
}

func (c *Call) pause(ctx context.Context, paused bool) (Reply, error) {
	if !paused {
		if err := c.Late(c.by); err != nil {
			return Reply{}, err
		}
	}
	return c.anApp(ctx, func(tx *db.Tx, u *useraccount.User, a *app.App) (Reply, error) {
		phrase := "app.resumed"
		if paused {
			phrase = "app.paused"
			if err := c.dropAsked(ctx, tx, u, a); err != nil {
				return Reply{}, err
			}
		}
		return say(phrase, c.rightsOf(a)), a.Pause(ctx, tx, paused)
	})
}

// dropAsked takes back what the app asked the user for and has no answer to.
func (c *Call) dropAsked(ctx context.Context, tx *db.Tx, u *useraccount.User, a *app.App) error {
	waiting, err := paymentorder.Waiting(ctx, tx, u.ID, u.Now)
	if err != nil {
		return err
	}
	for _, o := range waiting {
		by, _, err := app.OfOrder(ctx, tx, int64(o.ID))
		if err != nil {
			return err
		}
		if by != nil && by.ID == a.ID {
			if _, err := o.Withdraw(ctx, tx, u.Now); err != nil {
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
