package limedoor

import (
	"context"
	"strconv"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/wallet"
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

func appOf(a wallet.LinkedApp) App {
	doc := App{Name: a.Name, Kind: string(a.Kind), Paused: a.Paused, Created: date(a.Created), LastUsed: date(a.Joined), Expires: date(a.Expires)}
	if a.ReceiveOnly {
		doc.Scope = receiveOnly
	} else {
		doc.Budget, doc.Left = &Budget{a.Budget.Amount.Sats(), string(a.Budget.Per)}, a.Left.Sats()
	}
	return doc
}

const receiveOnly = "receive-only"

func (d *Door) apps(m *limeserver.Mux) {
	d.handle(m, lime.Get, "/apps", listApps)
	d.handle(m, lime.Get, "/apps/{name}", readApp)
	d.handle(m, lime.Set, "/apps", linkApp)
	d.handle(m, lime.Merge, "/apps/{name}", changeApp)
	d.handle(m, lime.Delete, "/apps/{name}", unlinkApp)
}

func listApps(ctx context.Context, c *call) (lime.Document, error) {
	skip, take, err := c.Page(most)
	if err != nil {
		return nil, err
	}
	by, err := c.owner(ctx, "apps")
	if err != nil {
		return nil, err
	}
	linked, err := c.door.desk.LinkedApps(ctx, by)
	var all []lime.Document
	for _, a := range linked {
		all = append(all, appOf(a))
	}
	return part(all, TypeApp, skip, take), err
}

func readApp(ctx context.Context, c *call) (lime.Document, error) {
	by, err := c.owner(ctx, "app")
	if err != nil {
		return nil, err
	}
	a, err := c.door.desk.LinkedApp(ctx, by, c.Var("name"))
	if err != nil {
		return nil, err
	}
	return appOf(a), nil
}

// owner is the caller, who is the user in person.
func (c *call) owner(ctx context.Context, name string) (wallet.Caller, error) {
	if err := c.inPerson(); err != nil {
		return wallet.Caller{}, err
	}
	return c.caller(ctx, name)
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
	n := wallet.NewLink{Kind: wallet.AppKind(strings.ToLower(want.Kind)), Name: want.Name, Beacon: want.Beacon}
	switch want.Scope {
	case receiveOnly:
		n.ReceiveOnly = true
	case "", "spend":
	default:
		return nil, refuse(lime.InvalidArgument, "lime.scope", map[string]any{"scope": clip(want.Scope)})
	}
	if n.Budget, err = want.Budget.asked(); err != nil {
		return nil, err
	}
	linked, err := does(ctx, c, "link", n, false, func(ctx context.Context, by wallet.Caller) (wallet.Linked, error) {
		return c.door.desk.Link(ctx, by, n)
	})
	if err != nil {
		return nil, err
	}
	doc := appOf(linked.App)
	if s := linked.Secret; s != nil {
		doc.Identity, doc.URLs, doc.Key, doc.Beacon = s.Identity, s.URLs, s.Key, s.Beacon
	}
	return doc, nil
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
	name, desk := c.Var("name"), c.door.desk
	b, err := want.Budget.asked()
	if err != nil {
		return nil, err
	}
	if b != nil {
		_, err := does(ctx, c, "budget", []any{name, b}, false, func(ctx context.Context, by wallet.Caller) (wallet.Budgeted, error) {
			return desk.SetBudget(ctx, by, name, *b)
		})
		if err != nil {
			return nil, err
		}
	}
	if want.Paused != nil {
		_, err := does(ctx, c, "pause", []any{name, *want.Paused}, false, func(ctx context.Context, by wallet.Caller) (wallet.Paused, error) {
			if *want.Paused {
				return desk.PauseApp(ctx, by, name)
			}
			return desk.ResumeApp(ctx, by, name)
		})
		if err != nil {
			return nil, err
		}
	}
	return readApp(ctx, c)
}

func unlinkApp(ctx context.Context, c *call) (lime.Document, error) {
	if err := c.inPerson(); err != nil {
		return nil, err
	}
	_, err := does(ctx, c, "unlink", c.Var("name"), false, func(ctx context.Context, by wallet.Caller) (wallet.Unlinked, error) {
		return c.door.desk.Unlink(ctx, by, c.Var("name"))
	})
	return nil, err
}

// asked is a budget as the wallet takes it, nil for none. One without a period is a day's.
func (b *Budget) asked() (*wallet.Budget, error) {
	if b == nil {
		return nil, nil
	}
	if b.Amount < 0 || b.Amount > amount.Max.Sats() {
		return nil, errAmount(strconv.FormatInt(b.Amount, 10))
	}
	return &wallet.Budget{Amount: amount.FromSats(b.Amount), Per: wallet.Period(strings.ToLower(b.Per))}, nil
}
