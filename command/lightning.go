package command

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

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

// Lightning is how the operator set Lightning up.
type Lightning struct {
	Node   LightningNode // nil: the gateway has none
	Asks   *lnurl.Client // services of strangers; nil: they are not asked
	Fees   paymentorder.Fees
	Expiry time.Duration // of invoices that we make
	Open   int           // invoices of one user that can be paid at a time
	// FinalCLTV is the most blocks that a payee may keep a payment waiting.
	FinalCLTV int64
}

// isInvoice tells invoices and what leads to one.
func isInvoice(text string) bool {
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

// lightningRecipient finds whom an invoice, an LNURL or a Lightning Address means.
func (c *Call) lightningRecipient(ctx context.Context, text string) (recipient, error) {
	if c.Lightning.Node == nil {
		return recipient{}, errNoLightning
	}
	body := strings.TrimLeft(strings.TrimPrefix(strings.ToLower(text), "lightning:"), "/")
	switch {
	case strings.HasPrefix(body, "lno1"):
		return recipient{}, errNoOffers
	case lnurl.Is(body):
		return c.service(ctx, text)
	}
	in, err := c.Lightning.Node.Decode(ctx, body)
	if err != nil {
		return recipient{}, nodeAway(err)
	}
	return c.ofInvoice(ctx, in)
}

// ofInvoice looks whose an invoice is. A neighbour's is paid in the ledger.
func (c *Call) ofInvoice(ctx context.Context, in lightning.Invoice) (recipient, error) {
	r := recipient{invoice: &in, name: shortKey(in.Payee), amount: in.Amount, memo: in.Description}
	paying, err := paymentorder.Paying(ctx, c.DB.Read(), in.Hash.String())
	if err != nil {
		return r, err
	}
	switch {
	case paying != nil:
		return r, errInvoicePaid
	case in.Expires.Unix() <= c.Now:
		return r, paymentorder.ErrInvoiceExpired
	case in.MinFinalCLTV > c.Lightning.FinalCLTV:
		return r, errInvoiceLocks.With(fault.Args{"n": in.MinFinalCLTV})
	}
	own, err := invoice.Find(ctx, c.DB.Read(), in.Hash.String())
	if err != nil {
		return r, err
	}
	switch {
	case own == nil && in.Ours:
		return r, errInvoiceOperator
	case own == nil:
		return r, nil
	case !in.Ours || own.Text != in.Text: // our hash in somebody else's invoice
		return r, errInvoiceForged
	}
	u, err := useraccount.ByID(ctx, c.DB.Read(), own.User)
	switch {
	case err != nil:
		return r, err
	case !u.Active:
		return r, paymentorder.ErrRecipientGone.With(fault.Args{"who": r.name})
	case own.State != invoice.Open:
		return r, errInvoicePaid
	case own.Expires <= c.Now: // before its own time: it was taken back
		return r, paymentorder.ErrInvoiceExpired
	case u.ID == c.Account.ID:
		return r, errYourself
	}
	r.user = u
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
// gateway.
func (c *Call) ours(t lnurl.Target) (string, bool) {
	u, err := url.Parse(t.URL)
	if err != nil || !strings.EqualFold(u.Host, c.House.Domain) {
		return "", false
	}
	name, ok := strings.CutPrefix(u.Path, "/.well-known/lnurlp/")
	return name, ok
}

// service asks an LNURL or a Lightning Address what it takes.
func (c *Call) service(ctx context.Context, text string) (recipient, error) {
	t, err := lnurl.Parse(text)
	if err != nil {
		return recipient{}, err
	}
	if c.Lightning.Node == nil || c.Lightning.Asks == nil {
		return recipient{}, errNoLightning
	}
	if name, ours := c.ours(t); ours { // who is paid in the ledger, for no fee
		nobody := ErrNobody.With(fault.Args{"who": clip(name, 90)})
		if address.ValidUsername(name) != nil {
			return recipient{}, nobody
		}
		u, err := useraccount.ByName(ctx, c.DB.Read(), name)
		if fault.Is(err, fault.NotFound) {
			return recipient{}, nobody
		}
		if err != nil {
			return recipient{}, err
		}
		return c.neighbour(u, u.Name)
	}
	offer, err := c.Lightning.Asks.Offer(c.ofDomain(ctx), t)
	if err != nil {
		return recipient{}, err
	}
	name := t.Host
	if t.Address != "" {
		name = t.Address
	}
	r := recipient{offer: &offer, name: name, memo: offer.Metadata.Plain}
	if offer.Min == offer.Max {
		r.amount = offer.Min
	}
	return r, nil
}

// ofDomain is a context in which a service is asked for the users of a domain.
func (c *Call) ofDomain(ctx context.Context) context.Context {
	_, domain, _ := address.SplitJID(c.User)
	return lnurl.For(ctx, domain)
}

// quoted asks the service for the invoice of an amount and compares it with
// what was agreed.
func (c *Call) quoted(ctx context.Context, to *recipient, m amount.Msat, note string) (told bool, err error) {
	ask := lnurl.Request{Offer: *to.offer, Amount: m}
	if ask.Comment = note; note != "" && ask.Check() != nil {
		ask.Comment = "" // then it is for the payer's own history
	}
	q, err := c.Lightning.Asks.Quote(c.ofDomain(ctx), ask)
	if err != nil {
		return false, err
	}
	if !lnurl.OfNetwork(q.Invoice, c.House.Network) { // of which our node says only that it can not read it
		return false, lnurl.ErrWrongNetwork.With(fault.Args{"host": to.offer.Host})
	}
	in, err := c.Lightning.Node.Decode(ctx, q.Invoice)
	if err != nil {
		return false, nodeAway(err)
	}
	facts := lnurl.Facts{Amount: in.Amount, DescriptionHash: in.DescriptionHash, Expires: in.Expires}
	if err := lnurl.Check(q, c.House.Network, facts, time.Unix(c.Now, 0)); err != nil {
		return false, err
	}
	of, err := c.ofInvoice(ctx, in)
	if err != nil {
		return false, err
	}
	to.invoice, to.user = of.invoice, of.user
	if q.Success != nil {
		b, err := json.Marshal(q.Success)
		if err != nil {
			return false, err
		}
		to.success = string(b)
	}
	return ask.Comment != "", nil
}

// overLightning completes the draft of a payment by invoice: the amount, the
// most that the fee may be, and what to pay.
func (c *Call) overLightning(ctx context.Context, d *paymentorder.Draft, to *recipient, balance amount.Msat, all bool) (told bool, err error) {
	if all && to.user == nil { // a neighbour's costs no fee
		d.Amount = c.Lightning.Fees.All(balance)
		if to.offer != nil {
			d.Amount = min(d.Amount/amount.Sat*amount.Sat, to.offer.Max)
		}
	}
	if d.Amount <= 0 {
		return false, errNothing
	}
	if d.Amount > c.House.Limits.Payment {
		return false, paymentorder.ErrPaymentLimit.With(fault.Args{"limit": int64(c.House.Limits.Payment)})
	}
	if d.Amount > balance { // before anybody is asked for an invoice that nobody would pay
		return false, paymentorder.ErrInsufficientFunds.With(fault.Args{"balance": int64(balance), "total": int64(d.Amount)})
	}
	if to.offer != nil {
		if told, err = c.quoted(ctx, to, d.Amount, clip(c.Arg("memo"), memoLength)); err != nil {
			return false, err
		}
	}
	in := to.invoice
	if in.Amount > 0 && in.Amount != d.Amount {
		return false, errInvoiceAmount.With(fault.Args{"amount": int64(in.Amount)})
	}
	d.ToUser, d.Invoice, d.Hash, d.OpenAmount, d.Success = to.user, in.Text, in.Hash.String(), in.Amount == 0, to.success
	d.Expires = in.Expires.Unix()
	if d.ToUser == nil {
		d.FeeLimit = c.Lightning.Fees.Limit(d.Amount)
	}
	return told, nil
}

// final are the faults of an invoice whose payment URI is not paid on the chain
// either: it is paid already, or nobody should pay it.
var final = []error{errYourself, errInvoicePaid, errInvoiceForged}

// ofURI takes the invoice of a payment URI, if there is one that can be paid:
// it is faster and costs less than the chain.
func (c *Call) ofURI(ctx context.Context, u address.URI) (recipient, bool, error) {
	if u.Lightning == "" || c.Lightning.Node == nil || c.Arg("speed") != "" && !u.Address.IsZero() {
		return recipient{}, false, nil
	}
	r, err := c.lightningRecipient(ctx, u.Lightning)
	switch {
	case err == nil && r.offer == nil && r.amount > 0 && u.Amount > 0 && r.amount.CeilSat() != u.Amount.CeilSat():
		return r, true, errInvoiceAmount.With(fault.Args{"amount": int64(r.amount)})
	case err == nil:
		if r.amount == 0 {
			r.amount = u.Amount
		}
		return r, true, nil
	case !u.Address.IsZero() && !among(final, err):
		return recipient{}, false, nil // the chain will do
	}
	return r, true, err
}

// nodeAway says that the Lightning node could not answer.
func nodeAway(err error) error {
	switch {
	case errors.Is(err, lightning.ErrBadInvoice):
		return errInvoiceBad.Because(err)
	case errors.Is(err, lightning.ErrRefused):
		return errLightningRefused.Because(err)
	}
	return errLightningAway.Because(err)
}
