package door

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/lime"
)

// TypeApp is a program that may use an account.
const TypeApp lime.MediaType = "application/vnd.bitcoim.app+json"

// App is a program that its user let at the account: a bot, or one that speaks
// Moneysocket. All of it is for the user in person.
type App struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind,omitempty"` // lime or moneysocket
	Budget   *Budget  `json:"budget,omitempty"`
	Left     int64    `json:"left,omitempty"`  // sat of the budget
	Scope    string   `json:"scope,omitempty"` // receive-only, "" for all
	Paused   bool     `json:"paused,omitempty"`
	Created  string   `json:"created,omitempty"`
	LastUsed string   `json:"lastUsed,omitempty"`
	Expires  string   `json:"expires,omitempty"`
	Identity string   `json:"identity,omitempty"` // what a bot logs in as
	URLs     []string `json:"urls,omitempty"`
	Key      string   `json:"key,omitempty"`    // told once
	Beacon   string   `json:"beacon,omitempty"` // the same
}

// Budget is what an app may spend without asking.
type Budget struct {
	Amount int64  `json:"amount"` // sat
	Per    string `json:"per,omitempty"`
}

// MediaType is TypeApp.
func (App) MediaType() lime.MediaType { return TypeApp }

func appOf(v command.AppView) App {
	a := App{Name: v.Name, Kind: v.Kind, Paused: v.Paused, Created: date(v.Created), LastUsed: date(v.Joined), Expires: date(v.Expires)}
	if v.ReceiveOnly {
		a.Scope = receiveOnly
	} else {
		a.Budget, a.Left = &Budget{v.Budget.Sats(), v.Per}, v.Left.Sats()
	}
	return a
}

const receiveOnly = "receive-only"

func (d *Door) apps(m *lime.Mux) {
	d.handle(m, lime.Get, "/apps", func(ctx context.Context, c *call) (lime.Document, error) {
		skip, take, err := c.Page(most)
		if err != nil {
			return nil, err
		}
		all, err := c.apps(ctx)
		return part(all, TypeApp, skip, take), err
	})
	d.handle(m, lime.Get, "/apps/{name}", func(ctx context.Context, c *call) (lime.Document, error) { return c.oneApp(ctx) })
	d.handle(m, lime.Set, "/apps", linkApp)
	d.handle(m, lime.Merge, "/apps/{name}", changeApp)
	d.handle(m, lime.Delete, "/apps/{name}", func(ctx context.Context, c *call) (lime.Document, error) {
		if err := c.inPerson(); err != nil {
			return nil, err
		}
		_, err := c.do(ctx, "unlink", map[string]string{"name": c.Var("name")})
		return nil, err
	})
}

func (c *call) apps(ctx context.Context) (all []lime.Document, err error) {
	if err := c.inPerson(); err != nil {
		return nil, err
	}
	reply, err := c.ask(ctx, "apps", nil)
	if err != nil {
		return nil, err
	}
	views, err := view[[]command.AppView](reply.Data)
	for _, v := range views {
		all = append(all, appOf(v))
	}
	return all, err
}

func (c *call) oneApp(ctx context.Context) (lime.Document, error) {
	all, err := c.apps(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if strings.EqualFold(a.(App).Name, c.Var("name")) {
			return a, nil
		}
	}
	return nil, refuse(lime.NotFound, "lime.no-app", nil)
}

// linkApp lets a new app at the account. The answer has its key.
func linkApp(ctx context.Context, c *call) (lime.Document, error) {
	want, err := document[App](c.Resource, TypeApp)
	if err != nil {
		return nil, err
	}
	if err := c.inPerson(); err != nil {
		return nil, err
	}
	args := map[string]string{"kind": want.Kind, "name": want.Name, "beacon": want.Beacon, "rights": want.Scope, "budget": want.Budget.text()}
	reply, err := c.do(ctx, "link", args)
	if err != nil {
		return nil, err
	}
	v, err := view[command.LinkView](reply.Data)
	return App{Name: v.Name, Kind: v.Kind, Budget: want.Budget, Scope: want.Scope, Identity: v.Identity, URLs: v.URLs, Key: v.Key, Beacon: v.Beacon}, err
}

// changeApp changes the budget, or pauses and resumes.
func changeApp(ctx context.Context, c *call) (lime.Document, error) {
	want, err := document[struct {
		Budget *Budget `json:"budget"`
		Paused *bool   `json:"paused"`
	}](c.Resource, TypeApp)
	if err != nil {
		return nil, err
	}
	if err := c.inPerson(); err != nil {
		return nil, err
	}
	if want.Budget != nil {
		if _, err := c.do(ctx, "app", map[string]string{"name": c.Var("name"), "do": "budget", "budget": want.Budget.text()}); err != nil {
			return nil, err
		}
	}
	if want.Paused != nil {
		do := map[bool]string{true: "pause", false: "resume"}[*want.Paused]
		if _, err := c.do(ctx, "app", map[string]string{"name": c.Var("name"), "do": do}); err != nil {
			return nil, err
		}
	}
	return c.oneApp(ctx)
}

// text is a budget as the desk reads it, "" for none.
func (b *Budget) text() string {
	switch {
	case b == nil || b.Amount <= 0:
		return ""
	case b.Per == "":
		return said(amount.FromSats(b.Amount))
	}
	return said(amount.FromSats(b.Amount)) + "/" + b.Per
}
