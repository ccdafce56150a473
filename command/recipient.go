package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// recipient is who shall be paid: a neighbour, or an address outside.
type recipient struct {
	user    *useraccount.User
	address string
	name    string      // as the payer knows it
	amount  amount.Msat // of a payment link, or 0
	memo    string      // of a payment link
}

// recipient finds whom the call means. A name never means somebody outside,
// and an address of one of our users is paid inside.
func (c *Call) recipient(ctx context.Context) (recipient, error) {
	text := c.Arg("to")
	switch c.To.Kind {
	case ToUser:
		text = c.To.Name
	case ToAddress:
		text = c.To.Name
	}
	if address.IsURI(text) {
		u, err := address.ParseURI(text, c.House.Network)
		if err != nil {
			return recipient{}, err
		}
		if u.Address.IsZero() {
			return recipient{}, fault.New(fault.Invalid, "pay.no-lightning", nil)
		}
		memo := u.Label
		if u.Message != "" {
			memo = u.Message
		}
		r, err := c.atAddress(ctx, u.Address)
		r.amount, r.memo = u.Amount, memo
		return r, err
	}
	name := strings.ToLower(text)
	if local, domain, _ := address.SplitJID(strings.TrimPrefix(name, "jid:")); local != "" {
		if domain != c.House.Domain {
			return recipient{}, fault.New(fault.NotFound, "pay.outside-jid", fault.Args{"who": text, "domain": c.House.Domain})
		}
		name = local
		if a, err := address.DecodeJID(local, c.House.Network); err == nil {
			return c.atAddress(ctx, a)
		}
	}
	if address.ValidUsername(name) == nil {
		u, err := useraccount.ByName(ctx, c.DB.Read(), name)
		if err == nil {
			return c.neighbour(u, u.Name)
		}
		if !fault.Is(err, fault.NotFound) {
			return recipient{}, err
		}
		return recipient{}, fault.New(fault.NotFound, "pay.unknown", fault.Args{"who": text})
	}
	a, err := address.Parse(text, c.House.Network)
	if err != nil {
		return recipient{}, err
	}
	return c.atAddress(ctx, a)
}

func (c *Call) neighbour(u *useraccount.User, name string) (recipient, error) {
	if u.ID == c.Account.ID {
		return recipient{}, fault.New(fault.Invalid, "pay.yourself", nil)
	}
	if !u.Active {
		return recipient{}, fault.New(fault.NotFound, "pay.recipient-gone", fault.Args{"who": name})
	}
	return recipient{user: u, name: name}, nil
}

func (c *Call) atAddress(ctx context.Context, a address.Address) (recipient, error) {
	own, err := deposit.Owner(ctx, c.DB.Read(), a.String())
	if err != nil {
		return recipient{}, err
	}
	if own == nil {
		return recipient{address: a.String(), name: a.String()}, nil
	}
	if own.User == c.Account.ID {
		return recipient{}, fault.New(fault.Invalid, "pay.own-address", nil)
	}
	u, err := useraccount.ByID(ctx, c.DB.Read(), own.User)
	if err != nil {
		return recipient{}, err
	}
	return c.neighbour(u, a.String())
}

// pasted takes a line that begins with a payment link or an address: that is
// a payment, or, without an amount, a contact to talk to.
func (c *Call) pasted(words []string) (bool, error) {
	if c.To.Kind != ToGateway {
		return false, nil
	}
	isAddress := false
	if !address.IsURI(words[0]) {
		if _, err := address.Parse(words[0], c.House.Network); err == nil {
			isAddress = true
		} else if !fault.Is(err, fault.Invalid) || len(words[0]) < 20 || len(c.Words.FindCommand(words[0])) > 0 || len(words) > 2 {
			return false, nil
		} else if fault.Of(err).Phrase == "address.invalid" {
			return false, nil
		} else {
			return true, err // an address with a typo, or of another network
		}
	}
	c.Command = c.named("pay")
	args, err := payWords(c, words)
	c.Args = args
	if isAddress && err == nil && args["amount"] == "" {
		c.Command = c.named("contact")
		if c.Command == nil {
			c.Command = c.named("pay")
		}
	}
	return true, err
}
