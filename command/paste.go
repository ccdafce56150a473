package command

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/wallet"
)

// pasted takes a line that begins with a payment link or an address: that is
// a payment or, if it is nothing but an address, a wish to talk to it.
func (c *Call) pasted(words []string) (bool, error) {
	if c.To.Kind != ToGateway {
		return false, nil
	}
	link := address.IsURI(words[0]) || wallet.IsInvoice(words[0])
	switch _, err := address.Parse(words[0], c.Policy.Network); {
	case link:
	case errors.Is(err, address.ErrInvalid):
		return false, nil
	case err != nil:
		return true, err // an address with a typing error, or of another network
	}
	if len(words) == 1 && !link {
		c.Command, c.Args = talk, map[string]string{"address": words[0]}
		return true, nil
	}
	c.Command = c.named("pay")
	var err error
	c.Args, err = payWords(c, words)
	return true, err
}

// talk opens a chat from an address that was typed. It is no word that can be
// said, so it is not in the index.
var talk = &Command{Name: "talk", Who: Member, Where: AtGateway, Run: talkTo}

func talkTo(ctx context.Context, c *Call) (Reply, error) {
	a, err := address.Parse(c.Arg("address"), c.Policy.Network)
	if err != nil {
		return Reply{}, err
	}
	own, err := deposit.Owner(ctx, c.DB.Read(), a.String())
	if err != nil {
		return Reply{}, err
	}
	phrase, words := "contact.hello", map[string]any{"address": a.String(), "pay": c.word("pay")}
	r := say("pay.how-much", map[string]any{"pay": c.word("pay"), "who": a.String()})
	if own != nil && own.User == c.by.User.ID {
		phrase, words = "contact.hello-own", map[string]any{"address": a.String(), "history": c.word("history")}
		r = say("contact.own", map[string]any{"address": a.String()})
	}
	return c.once(ctx, func(tx *db.Tx) (Reply, error) {
		now, err := tx.Now(ctx)
		if err != nil {
			return Reply{}, err
		}
		return r, outbox.Add(ctx, tx, outbox.Notice{User: c.User, From: a.Local(), Phrase: phrase, Lang: c.Lang, Unit: c.Unit, Args: words}, now)
	})
}
