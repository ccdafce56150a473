package wallet

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/lnurl"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

// IsInvoice tells invoices and what leads to one.
func IsInvoice(text string) bool {
	text = strings.ToLower(text)
	if strings.HasPrefix(text, "lightning:") {
		return true
	}
	for _, p := range []string{"lnbc", "lntb", "lno1"} {
		if strings.HasPrefix(text, p) && len(text) > 20 {
			return true
		}
	}
	return lnurl.Is(text) && !lnurl.IsAddress(text)
}

// atInvoice finds whom an invoice, an LNURL or a Lightning Address means.
func (s *Service) atInvoice(ctx context.Context, by Caller, text string) (Recipient, error) {
	if s.Lightning.Node == nil {
		return Recipient{}, ErrNoLightning
	}
	body := strings.TrimLeft(strings.TrimPrefix(strings.ToLower(text), "lightning:"), "/")
	switch {
	case strings.HasPrefix(body, "lno1"):
		return Recipient{}, ErrNoOffers
	case lnurl.Is(body):
		return s.atService(ctx, by, text)
	}
	in, err := s.Lightning.Node.Decode(ctx, body)
	if err != nil {
		return Recipient{}, LightningFault(err)
	}
	return s.ofInvoice(ctx, by, in)
}

// ofInvoice looks whose an invoice is. A neighbour's is paid in the ledger.
func (s *Service) ofInvoice(ctx context.Context, by Caller, in lightning.Invoice) (Recipient, error) {
	r := Recipient{Invoice: &in, Name: shortKey(in.Payee), Amount: in.Amount, Memo: in.Description}
	paying, err := paymentorder.Paying(ctx, s.DB.Read(), in.Hash.String())
	if err != nil {
		return r, err
	}
	switch {
	case paying != nil:
		return r, ErrInvoicePaid
	case in.Expires.Unix() <= by.Now:
		return r, paymentorder.ErrInvoiceExpired
	case in.MinFinalCLTV > s.Lightning.FinalCLTV:
		return r, ErrInvoiceLocks.With(fault.Args{"n": in.MinFinalCLTV})
	}
	own, err := invoice.Find(ctx, s.DB.Read(), in.Hash.String())
	if err != nil {
		return r, err
	}
	switch {
	case own == nil && in.Ours:
		return r, ErrInvoiceOperator
	case own == nil:
		return r, nil
	case !in.Ours || own.Text != in.Text: // our hash in somebody else's invoice
		return r, ErrInvoiceForged
	}
	u, err := useraccount.ByID(ctx, s.DB.Read(), own.User)
	switch {
	case err != nil:
		return r, err
	case !u.Active:
		return r, paymentorder.ErrRecipientGone.With(fault.Args{"who": r.Name})
	case own.State != invoice.Open:
		return r, ErrInvoicePaid
	case own.Expires <= by.Now: // before its own time: it was taken back
		return r, paymentorder.ErrInvoiceExpired
	case u.ID == by.User.ID:
		return r, ErrYourself
	}
	r.User = u
	return r, nil
}

// shortKey is a node as people recognise it.
func shortKey(key string) string {
	if len(key) < 20 {
		return statement.ByLightning
	}
	return key[:8] + "…" + key[len(key)-4:]
}

// ours is the name that a Lightning Address, or its URL (LUD-16), has at this
// quoted asks the service for the invoice of an amount and compares it with
// invoiced completes the draft of a payment by invoice: the amount, the most that the
// fee may be, and what to pay. The payee reads the note if told.
func (s *Service) invoiced(ctx context.Context, by Caller, d *paymentorder.Draft, to *Recipient, balance amount.Msat, all bool, note string) (told bool, err error) {
	if all && to.User == nil { // a neighbour's costs no fee
		d.Amount = s.Lightning.Fees.All(balance)
		if to.Offer != nil {
			d.Amount = min(d.Amount/amount.Sat*amount.Sat, to.Offer.Max)
		}
	}
	if d.Amount <= 0 {
		return false, ErrNothing
	}
	if d.Amount > s.Policy.Limits.Payment {
		return false, paymentorder.ErrPaymentLimit.With(fault.Args{"limit": int64(s.Policy.Limits.Payment)})
	}
	if d.Amount > balance { // before anybody is asked for an invoice that nobody would pay
		return false, paymentorder.ErrInsufficientFunds.With(fault.Args{"balance": int64(balance), "total": int64(d.Amount)})
	}
	if to.Offer != nil {
		if told, err = s.quoted(ctx, by, to, d.Amount, note); err != nil {
			return false, err
		}
	}
	in := to.Invoice
	if in.Amount > 0 && in.Amount != d.Amount {
		return false, ErrInvoiceAmount.With(fault.Args{"amount": int64(in.Amount)})
	}
	d.ToUser, d.Invoice, d.Hash, d.OpenAmount, d.Success = to.User, in.Text, in.Hash.String(), in.Amount == 0, to.success
	d.Expires = in.Expires.Unix()
	if d.ToUser == nil {
		d.FeeLimit = s.Lightning.Fees.Limit(d.Amount)
	}
	return told, nil
}

// final are the faults of an invoice whose payment URI is not paid on the chain
// either: it is paid already, or nobody should pay it.
var final = []error{ErrYourself, ErrInvoicePaid, ErrInvoiceForged}

// ofURI takes the invoice of a payment URI, if there is one that can be paid:
// it is faster and costs less than the chain.
func (s *Service) ofURI(ctx context.Context, by Caller, u address.URI, onChain bool) (Recipient, bool, error) {
	if u.Lightning == "" || s.Lightning.Node == nil || onChain && !u.Address.IsZero() {
		return Recipient{}, false, nil
	}
	r, err := s.atInvoice(ctx, by, u.Lightning)
	switch {
	case err == nil && r.Offer == nil && r.Amount > 0 && u.Amount > 0 && r.Amount.CeilSat() != u.Amount.CeilSat():
		return r, true, ErrInvoiceAmount.With(fault.Args{"amount": int64(r.Amount)})
	case err == nil:
		if r.Amount == 0 {
			r.Amount = u.Amount
		}
		return r, true, nil
	case !u.Address.IsZero() && !among(final, err):
		return Recipient{}, false, nil // the chain will do
	}
	return r, true, err
}
