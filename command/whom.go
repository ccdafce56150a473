package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/wallet"
)

// skip leaves out the little word that a sentence has before a name ("5000 to
// bob"). Alone it is a name.
func (c *Call) skip(use string, words []string) []string {
	if len(words) > 1 && c.Words.Little(use, words[0]) {
		return words[1:]
	}
	return words
}

// whomHere reads whom a line to a contact names: the contact itself, or in a line
// that has the amount behind the name ("carol 100") somebody else, whom recipient
// then refuses. It takes what it read off the words, and leaves a note as it is.
func (c *Call) whomHere(use string, args map[string]string, words []string) []string {
	whom := c.skip(use, words)
	if len(whom) == 0 {
		return words
	}
	here := c.isHere(whom[0])
	if args["amount"] == "" {
		if text, rest := cutAmount(c.skip("to", whom[1:])); text != "" {
			args["amount"], args["to"] = text, whom[0]
			return rest
		}
	}
	if here {
		args["to"] = whom[0]
		return whom[1:]
	}
	return words
}

// another is whom a note to the contact spoken to names, if that is somebody
// else: "pay 100 carol", said to bob, may be meant for either of them. Behind a
// word that only stands before people ("to carol") anything is a name, so that a
// slip in it does not pay bob. It is "" for a note that is only a note.
func (c *Call) another(ctx context.Context, use string) (string, error) {
	if c.To.Kind == wallet.GatewayContact || c.Name != "" || c.Arg("to") != "" || c.Arg("amount") == "" {
		return "", nil
	}
	words := strings.Fields(c.Arg("memo"))
	if len(words) > 1 && c.Words.Little("whom", words[0]) && !c.isHere(words[1]) {
		return i18n.Clip(words[1], 90), nil
	}
	for i, word := range words {
		// Later in a note only "to carol" may be whom to pay: "lunch with carol" is none.
		if i > 0 && !c.Words.Little("whom", words[i-1]) && !(i == 1 && c.Words.Little(use, words[0])) {
			continue
		}
		if c.isHere(word) {
			continue
		}
		if name, err := c.Payable(ctx, c.by, word); err != nil || name != "" {
			return name, err
		}
	}
	return "", nil
}

// askWhom asks which of two is meant. The line that means the contact spoken to
// names it.
func (c *Call) askWhom(other string) Reply {
	name := c.Command.Name
	line := c.suggest("button.in-full", name, strings.Join(strings.Fields(c.Arg("amount")+" "+c.To.Name+" "+c.Arg("speed")+" "+i18n.Clip(c.Arg("memo"), wallet.MemoLength)), " "))
	r := say(name+".which", map[string]any{"who": c.To.Name, "other": other, "line": line.Text})
	r.Next = []Suggestion{line}
	return r
}
