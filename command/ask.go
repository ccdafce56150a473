package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/outbox"
)

// Ask asks another user for money: they are told, and pay or not.
var Ask = &Command{
	Name: "request", Who: Member, Where: AtGateway | AtUser, Hands: OfAllApps, Moves: true,
	Fields: []Field{
		{Name: "amount", Kind: AmountField},
		{Name: "to"},
		{Name: "memo", Optional: true, Rest: true},
	},
	Words: func(c *Call, words []string) (map[string]string, error) {
		text, words := cutAmount(words)
		args := map[string]string{"amount": text}
		if c.To.Kind == ToGateway {
			if len(words) == 0 {
				return nil, c.usage()
			}
			args["to"], words = words[0], words[1:]
		}
		args["memo"] = strings.Join(words, " ")
		return args, nil
	},
	Run: ask,
}

func ask(ctx context.Context, c *Call) (Reply, error) {
	m, err := c.Amount("amount")
	if err != nil {
		return Reply{}, err
	}
	if m > c.House.Limits.Payment {
		return Reply{}, fault.New(fault.NotAllowed, "limit.payment", fault.Args{"limit": int64(c.House.Limits.Payment)})
	}
	to, err := c.recipient(ctx)
	if err != nil {
		return Reply{}, err
	}
	if to.user == nil {
		return Reply{}, fault.New(fault.Invalid, "request.users-only", nil)
	}
	if !to.user.Notify {
		return Reply{}, fault.New(fault.NotAllowed, "request.not-heard", fault.Args{"who": to.name})
	}
	memo := clip(c.Arg("memo"), memoLength)
	who := c.Account.Name
	if who == "" { // an account of old, that nobody could pay by name
		return Reply{}, fault.New(fault.Invalid, "register.choose", fault.Args{"register": c.word("name")})
	}
	// What they may send back counts in sat whatever their unit is.
	words := []string{c.Words.Word(c.speechOf(to), "pay"), amount.Format(m, amount.InSat, "", "."), "sat", who}
	if memo != "" {
		words = append(words, memo)
	}
	phrase := "request.asked"
	if memo != "" {
		phrase = "request.asked-memo"
	}
	return c.once(ctx, func(tx *db.Tx) (Reply, error) {
		err := outbox.Add(ctx, tx, outbox.Notice{User: to.user.JID, Phrase: phrase, Lang: to.user.Lang, Unit: to.user.Unit,
			Args: map[string]any{"who": who, "amount": int64(m), "memo": memo}, Next: []string{strings.Join(words, " ")}}, c.Now)
		if err != nil {
			return Reply{}, err
		}
		return say("request.done", map[string]any{"who": to.name, "amount": int64(m)}), nil
	})
}

// speechOf is the language of somebody who is told something.
func (c *Call) speechOf(to recipient) string {
	lang, _ := c.speech(to.user, "")
	return lang
}
