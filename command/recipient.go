package command

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/lnurl"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// recipient is who shall be paid: a neighbour, an address outside, or whoever
// made an invoice.
type recipient struct {
	user    *useraccount.User
	address string
	invoice *lightning.Invoice
	offer   *lnurl.Offer // whose invoice is asked for when the amount is known
	success string       // JSON of what the service wants shown when it is paid
	name    string       // as the payer knows it
	amount  amount.Msat  // of a payment link or an invoice, or 0
	memo    string       // of a payment link or an invoice
}

// recipient finds whom the call means. A name never means somebody outside,
// and an address of one of our users is paid inside. onlyHere is the fault of naming
// another on a contact.
func (c *Call) recipient(ctx context.Context, onlyHere *fault.Error) (recipient, error) {
	text := c.Arg("to")
	if c.To.Kind != ToGateway {
		if text != "" && !c.isHere(text) {
			return recipient{}, onlyHere.With(fault.Args{"who": c.To.Name})
		}
		text = c.To.Name
	}
	if text == "" {
		return recipient{}, c.usage()
	}
	if address.IsURI(text) {
		u, err := address.ParseURI(text, c.House.Network)
		if err != nil {
			return recipient{}, err
		}
		if r, ok, err := c.ofURI(ctx, u); ok {
			return r, err
		}
		if u.Address.IsZero() && c.Lightning.Node != nil { // an offer, and nothing else
			return recipient{}, errNoOffers
		}
		if u.Address.IsZero() {
			return recipient{}, errNoLightning
		}
		memo := u.Label
		if u.Message != "" {
			memo = u.Message
		}
		r, err := c.atAddress(ctx, u.Address)
		r.amount, r.memo = u.Amount, memo
		return r, err
	}
	if isInvoice(text) {
		return c.lightningRecipient(ctx, text)
	}
	name := address.Fold(text)
	if local, domain, _ := address.SplitJID(strings.TrimPrefix(name, "jid:")); local != "" {
		if domain != c.House.Domain && c.Lightning.Asks != nil && !strings.HasPrefix(name, "jid:") && lnurl.IsAddress(name) && !slices.Contains(c.House.Served, domain) {
			return c.service(ctx, name)
		}
		if domain != c.House.Domain {
			return recipient{}, ErrOutsideJID.With(fault.Args{"who": clip(text, 90), "domain": c.House.Domain})
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
		return recipient{}, ErrNobody.With(fault.Args{"who": text})
	}
	a, err := address.Parse(text, c.House.Network)
	if errors.Is(err, address.ErrInvalid) && len(text) < shortestAddress {
		return recipient{}, ErrNobody.With(fault.Args{"who": clip(text, 90)})
	}
	if err != nil {
		return recipient{}, err
	}
	return c.atAddress(ctx, a)
}

// shortestAddress is how many characters the shortest Bitcoin address has:
// what is shorter was meant as a name.
const shortestAddress = 14

// isHere reports whether text names the contact spoken to.
func (c *Call) isHere(text string) bool {
	if c.To.Kind == ToAddress {
		a, err := address.Parse(text, c.House.Network)
		return err == nil && a.String() == c.To.Name
	}
	return strings.TrimSuffix(address.Fold(text), "@"+c.House.Domain) == c.To.Name
}

func (c *Call) neighbour(u *useraccount.User, name string) (recipient, error) {
	if u.ID == c.Account.ID {
		return recipient{}, errYourself
	}
	if !u.Active {
		return recipient{}, paymentorder.ErrRecipientGone.With(fault.Args{"who": name})
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
		return recipient{}, errOwnAddress
	}
	u, err := useraccount.ByID(ctx, c.DB.Read(), own.User)
	if err != nil {
		return recipient{}, err
	}
	return c.neighbour(u, a.String())
}
