package command

import (
	"context"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/wallet"
)

// Link lets an app at the wallet.
var Link = &Command{
	Name: "link", Who: Member, Where: AtGateway, Access: wallet.Nobody, MovesMoney: true, AsksNoNode: true,
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
	Again:   []Telling{tells((*Call).saidLinked)},
}

var (
	linkKinds = []string{string(wallet.Moneysocket), string(wallet.LIME)}
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
	n, err := c.newLink()
	if err != nil {
		return Reply{}, err
	}
	linked, err := c.Service.Link(ctx, c.by, n)
	if err != nil {
		return Reply{}, err
	}
	return c.saidLinked(linked), nil
}

// newLink reads what the user lets the app do.
func (c *Call) newLink() (wallet.NewLink, error) {
	kind, ok := c.optional("kind", linkKinds...)
	right, known := c.optional("rights", rights...)
	if !ok || !known || kind == "" || c.Arg("name") == "" {
		return wallet.NewLink{}, c.usage()
	}
	n := wallet.NewLink{Kind: wallet.AppKind(kind), Name: c.Arg("name"), Beacon: c.Arg("beacon"), ReceiveOnly: right == "receive-only"}
	if text := c.Arg("budget"); text != "" {
		b, err := c.budget(text)
		if err != nil {
			return n, err
		}
		n.Budget = &b
	}
	var err error
	n.Expires, err = c.expiry(c.Arg("expires"))
	return n, err
}

// saidLinked says what a new app may do, and the first time what it needs, which is kept
// nowhere.
func (c *Call) saidLinked(l wallet.Linked) Reply {
	r := say("app.linked", c.rightsOf(l.App))
	if l.Secret == nil {
		return r
	}
	r.Private = true
	switch s := l.Secret; {
	case s.Key != "":
		r.add("app.key", map[string]any{"identity": s.Identity})
		r.Copy = append(append(r.Copy, s.URLs...), s.Key)
	case s.Beacon != "":
		r.add("app.beacon", nil)
		r.Copy, r.QR = append(r.Copy, s.Beacon), s.Beacon
	default:
		r.add("app.dials", nil)
	}
	return r
}
