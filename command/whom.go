package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// skip leaves out the little word that a sentence has before a name ("5000 to
// bob"). Alone it is a name.
func (c *Call) skip(use string, words []string) []string {
	if len(words) > 1 && c.Words.Little(use, words[0]) {
		return words[1:]
	}
	return words
}

// another is whom a note to the contact spoken to begins with, if that is
// somebody else who could be paid: "pay 100 carol", said to bob, may be meant
// for either of them. It is "" for a note that is only a note.
func (c *Call) another(ctx context.Context) (string, error) {
	if c.To.Kind == ToGateway || c.Name != "" || c.Arg("to") != "" || c.Arg("amount") == "" {
		return "", nil
	}
	words := c.skip("to", strings.Fields(c.Arg("memo")))
	if len(words) == 0 {
		return "", nil
	}
	name := address.Fold(words[0])
	if _, err := address.Parse(words[0], c.House.Network); err == nil || address.IsURI(words[0]) || isInvoice(words[0]) {
		return clip(words[0], 90), nil
	}
	local, domain, _ := address.SplitJID(name)
	if local != "" && domain != c.House.Domain {
		return clip(words[0], 90), nil
	}
	if local != "" {
		name = local
	}
	if address.ValidUsername(name) != nil {
		return "", nil
	}
	u, err := useraccount.ByName(ctx, c.DB.Read(), name)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil || u.ID == c.Account.ID {
		return "", err
	}
	return u.Name, nil
}

// askWhom asks which of two is to be paid. The line that pays the contact
// spoken to names it.
func (c *Call) askWhom(other string) Reply {
	line := c.suggest("button.in-full", "pay", strings.Join(strings.Fields(c.Arg("amount")+" "+c.To.Name+" "+c.Arg("speed")+" "+clip(c.Arg("memo"), memoLength)), " "))
	r := say("pay.which", map[string]any{"who": c.To.Name, "other": other, "line": line.Text})
	r.Next = []Suggestion{line}
	return r
}
