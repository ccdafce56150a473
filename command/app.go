package command

import (
	"context"

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
	Again:   []Telling{tells((*Call).saidBudgeted), tells((*Call).saidPaused)},
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
	case "log":
		return c.logOfApp(ctx)
	}
	a, err := c.LinkedApp(ctx, c.by, c.Arg("name"))
	if err != nil {
		return Reply{}, err
	}
	r := say("apps.line", c.lineOf(a))
	r.add("app.how", c.rightsOf(a))
	return r, nil
}

func (c *Call) setBudget(ctx context.Context) (Reply, error) {
	b, err := c.budget(c.Arg("budget"))
	if err != nil {
		return Reply{}, err
	}
	done, err := c.SetBudget(ctx, c.by, c.Arg("name"), b)
	if err != nil {
		return Reply{}, err
	}
	return c.saidBudgeted(done), nil
}

func (c *Call) saidBudgeted(done wallet.Budgeted) Reply {
	return say("app.budgeted", c.rightsOf(done.App))
}

func (c *Call) pause(ctx context.Context, paused bool) (Reply, error) {
	do := c.ResumeApp
	if paused {
		do = c.PauseApp
	}
	done, err := do(ctx, c.by, c.Arg("name"))
	if err != nil {
		return Reply{}, err
	}
	return c.saidPaused(done), nil
}

func (c *Call) saidPaused(done wallet.Paused) Reply {
	if done.App.Paused {
		return say("app.paused", c.rightsOf(done.App))
	}
	return say("app.resumed", c.rightsOf(done.App))
}

// logOfApp lists what an app paid, or wanted to pay.
func (c *Call) logOfApp(ctx context.Context) (Reply, error) {
	name, lines, err := c.AppLog(ctx, c.by, c.Arg("name"), page)
	if err != nil {
		return Reply{}, err
	}
	if len(lines) == 0 {
		return say("app.log-none", map[string]any{"app": name}), nil
	}
	r := say("app.log", map[string]any{"app": name})
	for _, l := range lines {
		r.add("app.log-"+l.How(), map[string]any{"at": l.Created, "amount": int64(l.Amount), "who": l.SaidTo, "memo": l.Memo, "asked": !l.Unasked})
	}
	return r, nil
}
