package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/wallet"
)

// Name shows the username or changes it. In chat it asks first: a name given
// up leads nowhere, and a sentence may begin with the word.
var Name = &Command{
	Name: "name", Who: Member, Where: AtGateway, Access: wallet.Nobody, AsksNoNode: true,
	Fields: []Field{{Name: "name", Optional: true}},
	Words:  sureWords("name", false),
	Changes: func(c *Call) bool {
		return c.Arg("name") != "" && (c.by.User.Name == "" || c.sure())
	},
	Run: func(ctx context.Context, c *Call) (Reply, error) {
		name := address.Fold(c.Arg("name"))
		if c.Name == "" && name != "" && name != c.by.User.Name && c.by.User.Name != "" && !c.sure() {
			return c.askRename(ctx, name)
		}
		return rename(ctx, c, name)
	},
	Again: []Telling{tells((*Call).saidNamed)},
}

// onlyWords reads a line that has nothing but the fields, a word each. More
// words are a sentence, and no command.
func onlyWords(fields ...string) func(*Call, []string) (map[string]string, error) {
	return func(c *Call, words []string) (map[string]string, error) {
		if len(words) > len(fields) {
			return nil, c.usage()
		}
		args := map[string]string{}
		for i, w := range words {
			args[fields[i]] = w
		}
		return args, nil
	}
}

// sureWords reads a line of one field, and the "yes" behind it by which a user
// answers the question that the line without it is. The field is one word, or
// several.
func sureWords(field string, several bool) func(*Call, []string) (map[string]string, error) {
	return func(c *Call, words []string) (map[string]string, error) {
		args := map[string]string{}
		if n := len(words) - 1; n > 0 && c.chosen("sure", words[n], "yes") == "yes" {
			args["sure"], words = "yes", words[:n]
		}
		if len(words) > 1 && !several {
			return nil, c.usage()
		}
		args[field] = strings.Join(words, " ")
		return args, nil
	}
}

// sure reports whether the user answered the question of a command.
func (c *Call) sure() bool { return c.choice("sure", "yes") == "yes" }

// surely is the line that answers the question of a command.
func (c *Call) surely(label, field string) Suggestion {
	return c.suggest(label, c.Command.Name, i18n.Clip(c.Arg(field), 40), c.Words.Printer(c.Lang, c.Unit).Say("choice.sure.yes", nil))
}

// showName says the name of a member who would register, and how it is changed.
func (c *Call) showName(other string) (Reply, error) {
	own := c.by.User.Name
	if own == "" && other == "" { // who came over from python-bitcoim may have none
		return Reply{}, wallet.ErrNoName.With(fault.Args{"register": "name"})
	}
	var r Reply
	if own != "" {
		r = say("name.yours", c.nameArgs(own))
	}
	if other != "" && other != own {
		line := c.suggest("button.name", "name", i18n.Clip(other, 40))
		r.add("name.change", map[string]any{"line": line.Text})
		r.Next = []Suggestion{line}
	}
	return r, nil
}

func (c *Call) nameArgs(name string) map[string]any {
	return map[string]any{"name": name, "jid": name + "@" + c.Policy.Domain}
}

// askRename asks whether the user means it, if the name is to be had.
func (c *Call) askRename(ctx context.Context, name string) (Reply, error) {
	if err := c.NameFree(ctx, c.by, name); err != nil {
		return Reply{}, err
	}
	line := c.surely("button.name", "name")
	args := c.nameArgs(name)
	args["old"], args["line"] = c.by.User.Name, line.Text
	r := say("name.sure", args)
	r.Next = []Suggestion{line}
	return r, nil
}

func rename(ctx context.Context, c *Call, name string) (Reply, error) {
	done, err := c.Rename(ctx, c.by, name)
	if err != nil {
		return Reply{}, err
	}
	return c.saidNamed(done), nil
}

func (c *Call) saidNamed(done wallet.Named) Reply {
	if !done.Changed {
		return say("name.yours", c.nameArgs(done.Name))
	}
	r := say("name.changed", c.nameArgs(done.Name))
	r.Presence = true
	return r
}
