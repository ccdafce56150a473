package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/fault"
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
	Again:   []Telling{tells((*Call).saidSettings)},
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
	want, err := c.settingValue(name)
	if err != nil {
		return Reply{}, err
	}
	done, err := c.Service.Set(ctx, c.by, want)
	if err != nil {
		return Reply{}, err
	}
	return c.saidSettings(done), nil
}

// settingValue reads what a setting shall be.
func (c *Call) settingValue(name string) (want wallet.Settings, err error) {
	word := c.Arg("value")
	switch name {
	case "language":
		if c.chosen("value", word, "auto") == "auto" {
			return wallet.Settings{Language: new(string)}, nil
		}
		for _, tag := range c.Words.Languages() {
			if strings.EqualFold(word, tag) || c.chosen("language", word, tag) == tag {
				return wallet.Settings{Language: &tag}, nil
			}
		}
		return want, wallet.ErrLanguage
	case "unit":
		if word != "" {
			return wallet.UnitSetting(word)
		}
	default:
		switch on := c.chosen("value", word, "on", "off"); {
		case on != "" && name == "notify":
			want.Notify = new(on == "on")
			return want, nil
		case on != "":
			want.Presence = new(on == "on")
			return want, nil
		}
	}
	return want, fault.New(fault.Invalid, "set."+name+"-values", nil)
}

// saidSettings says what was changed, in the language and the unit that count from now on.
func (c *Call) saidSettings(done wallet.Settings) (r Reply) {
	switch tag := done.Language; {
	case tag != nil && *tag != "":
		c.Lang = *tag
	case tag != nil:
		c.Lang, _ = c.Speech(wallet.Caller{}, c.Request.Lang) // as all that follows is answered
		if first, _, _ := strings.Cut(strings.TrimSpace(c.Text), " "); c.Name == "" {
			c.Lang, _ = c.spoken(c.Lang, first)
		}
	}
	if done.Language != nil {
		r.add("set.language", map[string]any{"value": c.languageName(*done.Language)})
	}
	if done.Unit != nil {
		c.Unit = *done.Unit
		r.add("set.unit", map[string]any{"value": c.Unit})
	}
	if done.Fiat != nil {
		r.add("set.fiat", map[string]any{"value": *done.Fiat, "unit": c.Unit})
	}
	if done.Notify != nil {
		r.add("set.notify", map[string]any{"on": *done.Notify})
	}
	if done.Presence != nil {
		r.add("set.presence", map[string]any{"on": *done.Presence})
	}
	r.Presence = done.Presence != nil || done.Unit != nil || done.Language != nil
	return r
}

func (c *Call) languageName(tag string) string {
	p := c.Words.Printer(c.Lang, c.Unit)
	if tag == "" {
		return p.Say("choice.value.auto", nil)
	}
	return p.Say("choice.language."+tag, nil)
}
