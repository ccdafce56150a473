package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// Ask asks another user for money: they are told, and pay or not.
var Ask = &Command{
	Name: "request", Who: Member, Where: AtGateway | AtUser, Access: wallet.Receive, Moves: true,
	Fields: []Field{
		{Name: "amount", Kind: AmountField},
		{Name: "to"},
		{Name: "memo", Optional: true, Rest: true},
	},
	Words:   askWords,
	Changes: always,
	Run:     ask,
}

// askWords reads "5000 bob pizza", "5000 from bob", "bob for 5000", "for 5000 from
// bob", and on bob's contact the same with or without him.
func askWords(c *Call, words []string) (map[string]string, error) {
	args := map[string]string{}
	if args["amount"], words = cutAmount(words); args["amount"] == "" {
		if text, rest := cutAmount(c.skip("to", words)); text != "" {
			args["amount"], words = text, rest
		}
	}
	if c.To.Kind != ToGateway {
		words = c.whomHere("from", args, words)
	} else {
		if len(words) == 0 {
			return nil, c.usage()
		}
		whom := c.skip("from", words)
		args["to"], words = whom[0], whom[1:]
		if args["amount"] == "" {
			args["amount"], words = cutAmount(c.skip("to", words))
		}
	}
	args["memo"] = strings.Join(words, " ")
	return args, nil
}

func ask(ctx context.Context, c *Call) (Reply, error) {
	m, err := c.Amount("amount")
	if err != nil {
		return Reply{}, err
	}
	if m > c.Policy.Limits.Payment {
		return Reply{}, paymentorder.ErrPaymentLimit.With(fault.Args{"limit": int64(c.Policy.Limits.Payment)})
	}
	to, err := c.recipient(ctx, wallet.ErrAskHere)
	if err != nil {
		return Reply{}, err
	}
	if other, err := c.another(ctx, "from"); err != nil || other != "" {
		return c.askWhom(other), err
	}
	if to.User == nil {
		return Reply{}, wallet.ErrUsersOnly
	}
	memo := i18n.Clip(c.Arg("memo"), wallet.MemoLength)
	who := c.by.User.Name
	if who == "" { // an account of old, that nobody could pay by name
		return Reply{}, wallet.ErrNoName.With(fault.Args{"register": "name"})
	}
	// What they may send back counts in sat whatever their unit is. The note is
	// not in it: a line of ours says nothing in the words of who asks.
	words := []string{c.Words.Word(c.speechOf(to), "pay"), amount.Format(m, amount.InSat, "", "."), "sat", who}
	phrase := "request.asked"
	if memo != "" {
		phrase = "request.asked-memo"
	}
	return c.once(ctx, func(tx *db.Tx) (Reply, error) {
		_, u, err := useraccount.LockBoth(ctx, tx, c.by.User.ID, to.User.ID)
		if err != nil {
			return Reply{}, err
		}
		if err := c.mayBeAsked(ctx, tx, u, to.Name); err != nil {
			return Reply{}, err
		}
		err = outbox.Add(ctx, tx, outbox.Notice{User: u.JID, Phrase: phrase, Lang: u.Lang, Unit: u.Unit,
			Args: map[string]any{"who": who, "amount": int64(m), "memo": memo, "mute": c.Words.Word(c.speechOf(to), "mute") + " " + who},
			Next: []string{strings.Join(words, " ")}}, u.Now)
		if err != nil {
			return Reply{}, err
		}
		return say("request.done", map[string]any{"who": to.Name, "amount": int64(m)}), nil
	})
}

// mayBeAsked is the fault of asking somebody who does not want to be asked, or
// was asked often enough. Who muted whom is not said.
func (c *Call) mayBeAsked(ctx context.Context, tx *db.Tx, u *useraccount.User, name string) error {
	if u.Mutes || !u.Notify {
		return wallet.ErrNotHeard.With(fault.Args{"who": name})
	}
	if !u.Active {
		return paymentorder.ErrRecipientGone.With(fault.Args{"who": name})
	}
	ok, err := useraccount.Asked(ctx, tx, u, c.by.User.ID)
	if err == nil && !ok {
		err = wallet.ErrAskedEnough.With(fault.Args{"who": name})
	}
	return err
}

// speechOf is the language of somebody who is told something.
func (c *Call) speechOf(to wallet.Recipient) string {
	lang, _ := c.Speech(to.User, "")
	return lang
}
