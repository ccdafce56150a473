package wallet

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/lnurl"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Recipient is who shall be paid: a user of ours, an address outside, or whoever
// made an invoice.
type Recipient struct {
	User    *useraccount.User
	Address string
	Invoice *lightning.Invoice
	Offer   *lnurl.Offer // whose invoice is asked for when the amount is known
	Name    string       // as the payer knows it
	Amount  amount.Msat  // of a payment link or an invoice, or 0
	Memo    string       // of a payment link or an invoice

	success string // JSON of what the service wants shown when it is paid
}

// Invoiced reports that an invoice is paid, which may be a user's of ours.
func (r Recipient) Invoiced() bool { return r.Invoice != nil || r.Offer != nil }

// shortestAddress is how many characters the shortest Bitcoin address has:
// what is shorter was meant as a name.
const shortestAddress = 14

// Recipient finds whom a caller means. A name never means somebody outside,
// and an address of one of our users is paid inside. onChain says that a link which
// can be paid over Lightning, too, is not.
func (s *Service) Recipient(ctx context.Context, by Caller, text string, onChain bool) (_ Recipient, err error) {
	defer by.told(&err)
	if err := by.Member(); err != nil {
		return Recipient{}, err
	}
	return s.recipient(ctx, by, text, onChain)
}

// recipient is Recipient for who may ask.
func (s *Service) recipient(ctx context.Context, by Caller, text string, onChain bool) (Recipient, error) {
	switch {
	case address.IsURI(text):
		return s.atURI(ctx, by, text, onChain)
	case IsInvoice(text):
		return s.atInvoice(ctx, by, text)
	}
	name := address.Fold(text)
	if local, domain, _ := address.SplitJID(strings.TrimPrefix(name, "jid:")); local != "" {
		if s.isService(name, domain) {
			return s.atService(ctx, by, name)
		}
		if domain != s.Policy.Domain {
			return Recipient{}, ErrOutsideJID.With(fault.Args{"who": i18n.Clip(text, 90), "domain": s.Policy.Domain})
		}
		name = local
		if a, err := address.DecodeJID(local, s.Policy.Network); err == nil {
			return s.atAddress(ctx, by, a)
		}
	}
	if address.ValidUsername(name) == nil {
		u, err := useraccount.ByName(ctx, s.DB.Read(), name)
		if err == nil {
			return by.pays(u, u.Name)
		}
		if !fault.Is(err, fault.NotFound) {
			return Recipient{}, err
		}
		return Recipient{}, ErrNobody.With(fault.Args{"who": text})
	}
	a, err := address.Parse(text, s.Policy.Network)
	if errors.Is(err, address.ErrInvalid) && len(text) < shortestAddress {
		return Recipient{}, ErrNobody.With(fault.Args{"who": i18n.Clip(text, 90)})
	}
	if err != nil {
		return Recipient{}, err
	}
	return s.atAddress(ctx, by, a)
}

// isService tells a Lightning Address of strangers from a contact of ours.
func (s *Service) isService(name, domain string) bool {
	return domain != s.Policy.Domain && s.Lightning.Asks != nil && !strings.HasPrefix(name, "jid:") && lnurl.IsAddress(name) &&
		!slices.Contains(s.Policy.Served, domain)
}

// atURI reads a payment link (BIP 321).
func (s *Service) atURI(ctx context.Context, by Caller, text string, onChain bool) (Recipient, error) {
	u, err := address.ParseURI(text, s.Policy.Network)
	if err != nil {
		return Recipient{}, err
	}
	if r, ok, err := s.ofURI(ctx, by, u, onChain); ok {
		return r, err
	}
	if u.Address.IsZero() && s.Lightning.Node != nil { // an offer, and nothing else
		return Recipient{}, ErrNoOffers
	}
	if u.Address.IsZero() {
		return Recipient{}, ErrNoLightning
	}
	memo := u.Label
	if u.Message != "" {
		memo = u.Message
	}
	r, err := s.atAddress(ctx, by, u.Address)
	r.Amount, r.Memo = u.Amount, memo
	return r, err
}

// pays is a user of ours as the recipient of a caller.
func (by Caller) pays(u *useraccount.User, name string) (Recipient, error) {
	if u.ID == by.User.ID {
		return Recipient{}, ErrYourself
	}
	if !u.Active {
		return Recipient{}, paymentorder.ErrRecipientGone.With(fault.Args{"who": name})
	}
	return Recipient{User: u, Name: name}, nil
}

func (s *Service) atAddress(ctx context.Context, by Caller, a address.Address) (Recipient, error) {
	own, err := deposit.Owner(ctx, s.DB.Read(), a.String())
	if err != nil {
		return Recipient{}, err
	}
	if own == nil {
		return Recipient{Address: a.String(), Name: a.String()}, nil
	}
	if own.User == by.User.ID {
		return Recipient{}, ErrOwnAddress
	}
	u, err := useraccount.ByID(ctx, s.DB.Read(), own.User)
	if err != nil {
		return Recipient{}, err
	}
	return by.pays(u, a.String())
}
