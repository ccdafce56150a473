package command

import (
	"context"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/rate"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// Set changes how the gateway speaks to the user.
var Set = &Command{
	Name: "set", Who: Member, Where: AtGateway, Access: wallet.Nobody, AsksNoNode: true,
	Fields: []Field{
		{Name: "setting", Kind: ChoiceField, Choices: settings, Optional: true},
		{Name: "value", Optional: true},
	},
	Words:   onlyWords("setting", "value"),
	Changes: given("setting"),
	Run:     set,
}

var settings = []string{"language", "unit", "notify", "presence"}

func set(ctx context.Context, c *Call) (Reply, error) {
	name, ok := c.optional("setting", settings...)
	if !ok {
		return Reply{}, c.usage()
	}
	if name == "" {
		u := c.by.User
		r := say("set.head", nil)
		r.add("set.language", map[string]any{"value": c.languageName(u.Lang)})
		r.add("set.unit", map[string]any{"value": u.Unit})
		if u.Fiat != "" {
			r.add("set.fiat", map[string]any{"value": u.Fiat, "unit": u.Unit})
		}
		r.add("set.notify", map[string]any{"on": u.Notify})
		r.add("set.presence", map[string]any{"on": u.Presence})
		return r, nil
	}
	value, args, err := c.settingValue(name)
	if err != nil {
		return Reply{}, err
	}
	return c.asMember(ctx, func(tx *db.Tx, u *useraccount.User) (Reply, error) {
		if code, ok := value.(rate.Currency); ok {
			return say("set.fiat", args), useraccount.Set(ctx, tx, u, "fiat", code.Code)
		}
		if err := useraccount.Set(ctx, tx, u, name, value); err != nil {
			return Reply{}, err
		}
		if name == "unit" && u.Fiat != "" { // apps, too, are told in bitcoin again
			if err := useraccount.Set(ctx, tx, u, "fiat", ""); err != nil {
				return Reply{}, err
			}
		}
		r := say("set."+name, args)
		r.Presence = name == "presence" || name == "unit" || name == "language"
		return r, nil
	})
}

// settingValue reads what a setting shall be, and how that is said.
func (c *Call) settingValue(name string) (any, map[string]any, error) {
	word := c.Arg("value")
	switch name {
	case "language":
		if c.chosen("value", word, "auto") == "auto" {
			c.Lang, _ = c.Speech(nil, c.Request.Lang) // as all that follows is answered
			if first, _, _ := strings.Cut(strings.TrimSpace(c.Text), " "); c.Name == "" {
				c.Lang, _ = c.spoken(c.Lang, first)
			}
			return "", map[string]any{"value": c.languageName("")}, nil
		}
		for _, tag := range c.Words.Languages() {
			if strings.EqualFold(word, tag) || c.chosen("language", word, tag) == tag {
				c.Lang = tag // answer in the new language at once
				return tag, map[string]any{"value": c.languageName(tag)}, nil
			}
		}
	case "unit":
		if word == "" {
			break
		}
		u, err := amount.ParseUnit(word)
		if fiat, ok := rate.CurrencyOf(word); err != nil && ok {
			return c.fiat(fiat)
		}
		if err != nil {
			return nil, nil, err
		}
		c.Unit = string(u)
		return string(u), map[string]any{"value": string(u)}, nil
	default:
		on := c.chosen("value", word, "on", "off")
		if on != "" {
			value := slices.Index([]string{"off", "on"}, on)
			return value, map[string]any{"on": on == "on"}, nil
		}
	}
	return nil, nil, fault.New(fault.Invalid, "set."+name+"-values", nil)
}

// fiat is a currency in which apps are shown the balance; the books, and what
// is said here, go on in bitcoin.
func (c *Call) fiat(cur rate.Currency) (any, map[string]any, error) {
	if _, ok := c.Exchange.Of(cur.Code); !ok {
		return nil, nil, fault.New(fault.Invalid, "set.fiat-none", fault.Args{"value": cur.Code, "known": strings.Join(c.Exchange.Codes(), ", ")})
	}
	return cur, map[string]any{"value": cur.Code, "unit": c.Unit}, nil
}

func (c *Call) languageName(tag string) string {
	p := c.Words.Printer(c.Lang, c.Unit)
	if tag == "" {
		return p.Say("choice.value.auto", nil)
	}
	return p.Say("choice.language."+tag, nil)
}
