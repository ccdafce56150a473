package wallet

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/bolt11"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/lnurl"
	"github.com/bitcoim/bitcoim/useraccount"
)

// gateway.
func (s *Service) ours(t lnurl.Target) (string, bool) {
	u, err := url.Parse(t.URL)
	if err != nil || !strings.EqualFold(u.Host, s.Policy.Domain) {
		return "", false
	}
	name, ok := strings.CutPrefix(u.Path, "/.well-known/lnurlp/")
	return name, ok
}

// atService asks an LNURL or a Lightning Address what it takes.
func (s *Service) atService(ctx context.Context, by Caller, text string) (Recipient, error) {
	t, err := lnurl.Parse(text)
	if err != nil {
		return Recipient{}, err
	}
	if s.Lightning.Node == nil || s.Lightning.Asks == nil {
		return Recipient{}, ErrNoLightning
	}
	if name, ours := s.ours(t); ours { // who is paid in the ledger, for no fee
		nobody := ErrNobody.With(fault.Args{"who": i18n.Clip(name, 90)})
		if address.ValidUsername(name) != nil {
			return Recipient{}, nobody
		}
		u, err := useraccount.ByName(ctx, s.DB.Read(), name)
		if fault.Is(err, fault.NotFound) {
			return Recipient{}, nobody
		}
		if err != nil {
			return Recipient{}, err
		}
		return by.pays(u, u.Name)
	}
	offer, err := s.Lightning.Asks.Offer(by.ofDomain(ctx), t)
	if err != nil {
		return Recipient{}, err
	}
	name := t.Host
	if t.Address != "" {
		name = t.Address
	}
	r := Recipient{Offer: &offer, Name: name, Memo: offer.Metadata.Plain}
	if offer.Min == offer.Max {
		r.Amount = offer.Min
	}
	return r, nil
}

// ofDomain is a context in which a service is asked for the users of a domain.
func (by Caller) ofDomain(ctx context.Context) context.Context {
	_, domain, _ := address.SplitJID(by.JID)
	return lnurl.For(ctx, domain)
}

// what was agreed.
func (s *Service) quoted(ctx context.Context, by Caller, to *Recipient, m amount.Msat, note string) (told bool, err error) {
	ask := lnurl.Request{Offer: *to.Offer, Amount: m}
	if ask.Comment = note; note != "" && ask.Check() != nil {
		ask.Comment = "" // then it is for the payer's own history
	}
	q, err := s.Lightning.Asks.Quote(by.ofDomain(ctx), ask)
	if err != nil {
		return false, err
	}
	if !bolt11.OfNetwork(q.Invoice, string(s.Policy.Network)) { // of which our node says only that it can not read it
		return false, lnurl.ErrWrongNetwork.With(fault.Args{"host": to.Offer.Host})
	}
	in, err := s.Lightning.Node.Decode(ctx, q.Invoice)
	if err != nil {
		return false, LightningFault(err)
	}
	facts := lnurl.Facts{Amount: in.Amount, DescriptionHash: in.DescriptionHash, Expires: in.Expires}
	if err := lnurl.Check(q, s.Policy.Network, facts, time.Unix(by.Now, 0)); err != nil {
		return false, err
	}
	of, err := s.ofInvoice(ctx, by, in)
	if err != nil {
		return false, err
	}
	to.Invoice, to.User = of.Invoice, of.User
	if q.Success != nil {
		b, err := json.Marshal(q.Success)
		if err != nil {
			return false, err
		}
		to.success = string(b)
	}
	return ask.Comment != "", nil
}
