package command

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/wallet"
)

// Link lets an app at the wallet.
var Link = &Command{
	Name: "link", Who: Member, Where: AtGateway, Access: wallet.Nobody, Moves: true, AsksNoNode: true,
	Fields: []Field{
		{Name: "kind", Kind: ChoiceField, Choices: linkKinds},
		{Name: "name"},
		{Name: "beacon", Optional: true},
		{Name: "budget", Optional: true},
		{Name: "expires", Optional: true},
		{Name: "rights", Kind: ChoiceField, Choices: rights, Default: "spend", Optional: true},
	},
	Words:   linkWords,
	Run:     link,
	Changes: always,
}

var (
	linkKinds = []string{string(app.Moneysocket), string(app.LIME)}
	rights    = []string{"spend", "receive-only"}
)

// linkWords reads "moneysocket satopong [BEACON] budget 2000/day expires 30d
// receive-only", the last three in any order.
func linkWords(c *Call, words []string) (map[string]string, error) {
	if len(words) < 2 {
		return nil, c.usage()
	}
	args := map[string]string{"kind": words[0], "name": words[1]}
	words = words[2:]
	if len(words) > 0 && c.clause(words[0]) == "" {
		args["beacon"], words = words[0], words[1:]
	}
	for len(words) > 0 {
		is := c.clause(words[0])
		words = words[1:]
		n := slices.IndexFunc(words, func(w string) bool { return c.clause(w) != "" })
		if n < 0 {
			n = len(words)
		}
		switch value := strings.Join(words[:n], " "); {
		case is == "receive-only" && n == 0:
			args["rights"] = is
		case is == "budget" && n > 0, is == "expires" && n > 0:
			args[is] = value
		default:
			return nil, c.usage()
		}
		words = words[n:]
	}
	return args, nil
}

// clause is what a word of `link` begins, "" nothing.
func (c *Call) clause(word string) string {
	return c.chosen("clause", word, "budget", "expires", "receive-only")
}

func link(ctx context.Context, c *Call) (Reply, error) {
	n, err := c.newApp()
	if err != nil {
		return Reply{}, err
	}
	var secret linkSecret
	switch n.Kind {
	case app.Moneysocket:
		secret, err = c.meeting(&n)
	case app.LIME:
		secret, err = c.botKey(&n)
	}
	if err != nil {
		return Reply{}, err
	}
	var made *app.App
	r, err := c.once(ctx, func(tx *db.Tx) (Reply, error) {
		made = nil
		if made, err = app.Link(ctx, tx, c.by.User.ID, n); err != nil {
			return Reply{}, err
		}
		return c.linked(made), nil
	})
	if err == nil && made != nil && len(r.Lines) > 0 {
		secret.show(c, &r, made) // which is not written down, so that it is said once
	}
	return r, err
}

// newApp reads what the user lets the app do.
func (c *Call) newApp() (app.NewApp, error) {
	kind, ok := c.optional("kind", linkKinds...)
	right, known := c.optional("rights", rights...)
	if !ok || !known || kind == "" || c.Arg("name") == "" {
		return app.NewApp{}, c.usage()
	}
	n := app.NewApp{Kind: app.Kind(kind), Name: strings.ToLower(c.Arg("name")), Beacon: c.Arg("beacon"), ReceiveOnly: right == "receive-only"}
	if !isAppName(n.Name) {
		return n, fault.New(fault.Invalid, "app.name-syntax", fault.Args{"app": i18n.Clip(n.Name, 40), "max": int64(longestAppName)})
	}
	var err error
	text := c.Arg("budget")
	if text == "" {
		text = c.Apps.Budget
	}
	if text == "" {
		text = "0"
	}
	if n.ReceiveOnly {
		text = "0"
		if c.Arg("budget") != "" {
			return n, fault.New(fault.Invalid, "app.receives-budget", nil)
		}
	}
	if n.Budget, n.Per, err = c.budget(text); err != nil {
		return n, err
	}
	n.Expires, err = c.expiry(c.Arg("expires"))
	return n, err
}

// linkSecret is what the app needs and nobody else may have.
type linkSecret struct {
	beacon string // to be given to the app; "" if it has it
	key    string
}

// meeting prepares to meet a Moneysocket app: at the beacon that it gave, or at
// ours.
func (c *Call) meeting(n *app.NewApp) (linkSecret, error) {
	if !c.Apps.Moneysocket {
		return linkSecret{}, fault.New(fault.NotAllowed, "app.no-moneysocket", nil)
	}
	if n.Beacon != "" {
		return linkSecret{}, c.given(n)
	}
	if !c.Apps.Here {
		return linkSecret{}, fault.New(fault.Invalid, "app.needs-beacon", nil)
	}
	b := moneysocket.Beacon{Seed: moneysocket.NewSeed(), Locations: []moneysocket.Location{c.Apps.Location}}
	n.Secret = hex.EncodeToString(b.Seed[:])
	return linkSecret{beacon: b.String()}, nil
}

// given reads the beacon of an app.
func (c *Call) given(n *app.NewApp) error {
	b, err := moneysocket.ParseBeacon(n.Beacon)
	if _, draft := moneysocket.ParseDraft(n.Beacon); err != nil && draft == nil {
		return fault.Wrap(err, fault.Invalid, "app.beacon-draft", nil)
	}
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "app.beacon-bad", nil)
	}
	if !slices.ContainsFunc(b.Locations, moneysocket.Location.IsWebSocket) {
		return fault.New(fault.Invalid, "app.beacon-nowhere", nil)
	}
	if !c.Apps.Dials {
		return fault.New(fault.NotAllowed, "app.no-dialling", nil)
	}
	n.Beacon, n.Secret = b.String(), hex.EncodeToString(b.Seed[:])
	return nil
}

// botKey makes the key of a bot.
func (c *Call) botKey(n *app.NewApp) (linkSecret, error) {
	switch {
	case c.Apps.LIME == "":
		return linkSecret{}, fault.New(fault.NotAllowed, "app.no-lime", nil)
	case n.Beacon != "":
		return linkSecret{}, c.usage()
	case c.by.User.Name == "": // an account of old, that nobody could log in to
		return linkSecret{}, fault.New(fault.Invalid, "register.choose", fault.Args{"register": c.word("name")})
	}
	key := strings.ToLower(rand.Text())
	n.Secret = wallet.HashKey(key)
	return linkSecret{key: key}, nil
}
