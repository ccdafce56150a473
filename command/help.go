package command

import (
	"context"
	"slices"

	"github.com/bitcoim/bitcoim/wallet"
)

var helpTopic = Field{Name: "topic", Optional: true}

// Help lists what can be said here, or explains one command.
var Help = &Command{
	Name: "help", Who: Anyone, Where: Anywhere, Access: wallet.Receive, ReadOnly: true, AsksNoNode: true,
	Fields: []Field{helpTopic},
	Run:    help,
}

func help(ctx context.Context, c *Call) (Reply, error) {
	if topic := c.Arg("topic"); topic != "" {
		cmd, err := c.find(topic)
		if err != nil {
			return Reply{}, err
		}
		r := say("command."+cmd.Name+".summary", nil)
		r.add(c.usageOf(cmd), nil)
		return r, nil
	}
	specs, err := c.Menu(ctx, c.User, c.At)
	if err != nil {
		return Reply{}, err
	}
	r := say("help.head", nil)
	for _, s := range specs {
		r.add("help.line", map[string]any{"word": c.word(s.Name), "summary": c.Words.Printer(c.Lang, c.Unit).Say("command."+s.Name+".summary", nil)})
	}
	example := "register" // of somebody who can not pay yet
	if slices.ContainsFunc(specs, func(s Spec) bool { return s.Name == "pay" }) {
		example = "pay"
	}
	r.add("help.more", map[string]any{"help": c.word("help"), "example": c.word(example)})
	return r, nil
}
