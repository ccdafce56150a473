package command

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// Receive gives what somebody else needs to pay the user.
var Receive = &Command{
	Name: "receive", Who: Member, Where: AtGateway, Access: wallet.Receive,
	Fields: []Field{
		{Name: "amount", Kind: AmountField, Optional: true},
		{Name: "memo", Optional: true, Rest: true},
	},
	Words: func(c *Call, words []string) (map[string]string, error) {
		text, rest := cutAmount(words)
		return map[string]string{"amount": text, "memo": strings.Join(rest, " ")}, nil
	},
	Run: receive,
}

func receive(ctx context.Context, c *Call) (Reply, error) {
	var m amount.Msat
	if c.Arg("amount") != "" {
		var err error
		if m, err = c.Amount("amount"); err != nil {
			return Reply{}, err
		}
	}
	memo := i18n.Clip(c.Arg("memo"), wallet.MemoLength)
	lasts, err := c.lasts()
	if err != nil {
		return Reply{}, err
	}
	in, err := c.ownInvoice(ctx, wallet.InvoiceAsk{Amount: m, Memo: memo, Lasts: lasts})
	if err != nil {
		return Reply{}, err
	}
	if m > 0 && m.CeilSat() < c.Policy.MinDeposit {
		return c.receiveSmall(ctx, in, m, memo)
	}
	if in == nil {
		return c.withAddress(ctx, func(a deposit.Address) Reply { return c.showReceive(a, nil, m, memo) })
	}
	return c.withAddressIn(ctx, func(tx *db.Tx, a deposit.Address) (Reply, error) {
		return c.showReceive(a, in, m, memo), c.AddInvoice(ctx, tx, *in)
	})
}

// receiveSmall asks for less than is credited when it comes on the chain: over
// Lightning alone, with no address that somebody could pay it to.
func (c *Call) receiveSmall(ctx context.Context, in *invoice.Invoice, m amount.Msat, memo string) (Reply, error) {
	least := int64(c.Policy.MinDeposit)
	switch {
	case in == nil && c.Lightning.Node == nil:
		return Reply{}, wallet.ErrReceiveTooSmall.With(fault.Args{"minimum": least, "away": false})
	case in == nil:
		return Reply{}, wallet.ErrReceiveTooSmall.With(fault.Args{"minimum": least, "away": true}).OfKind(fault.Unavailable)
	}
	return c.asMember(ctx, func(tx *db.Tx, _ *useraccount.User) (Reply, error) {
		r := say("receive.amount", map[string]any{"amount": int64(m), "memo": memo})
		r.add("receive.lightning-only", map[string]any{"valid": in.Expires - c.by.Now, "minimum": least})
		r.Copy, r.QR = []string{in.Text}, "lightning:"+in.Text
		r.Data = ReceiveView{URI: r.QR, Invoice: in.Text, Hash: in.Hash, Amount: m, Memo: memo, Expires: in.Expires}
		return r, c.AddInvoice(ctx, tx, *in)
	})
}

// showReceive says one payment link that both wallets of the chain and of
// Lightning understand (BIP 321).
func (c *Call) showReceive(a deposit.Address, in *invoice.Invoice, m amount.Msat, memo string) Reply {
	if in == nil {
		m = m.CeilSat() // all that is said is for the chain
	}
	u := address.URI{Amount: m.CeilSat(), Label: memo} // the chain knows whole satoshi
	view := ReceiveView{Address: a.Address, Amount: m, Memo: memo}
	if in != nil {
		u.Lightning, view.Invoice, view.Hash, view.Expires = in.Text, in.Text, in.Hash, in.Expires
	}
	view.URI = u.For(a.Address)
	r := say("receive.any", nil)
	if m > 0 {
		r = say("receive.amount", map[string]any{"amount": int64(m), "memo": memo})
	}
	r.Copy = []string{view.URI, a.Address}
	if in != nil {
		r.add("receive.lightning", map[string]any{"valid": in.Expires - c.by.Now})
		r.Copy = []string{view.URI, in.Text, a.Address}
	}
	if in == nil && c.Lightning.Node != nil {
		r.add("receive.away", nil)
	}
	r.add("address.when", map[string]any{"n": c.Policy.Confirmations, "minimum": int64(c.Policy.MinDeposit)})
	r.QR = view.URI
	r.Data = view
	return r
}

// ReceiveView is what others need to pay the user, for doors that speak to machines.
type ReceiveView struct {
	URI     string      `json:"uri"`
	Address string      `json:"address,omitempty"` // "" if the amount is less than is credited on the chain
	Invoice string      `json:"invoice,omitempty"`
	Hash    string      `json:"hash,omitempty"` // of the invoice's payment
	Amount  amount.Msat `json:"amount,omitempty"`
	Memo    string      `json:"memo,omitempty"`
	Expires int64       `json:"expires,omitempty"` // of the invoice, seconds
}

// ownInvoice makes an invoice for the caller; nil without Lightning, and when
// the node cannot, because the chain still can.
func (c *Call) ownInvoice(ctx context.Context, ask wallet.InvoiceAsk) (*invoice.Invoice, error) {
	if c.Lightning.Node == nil {
		return nil, nil
	}
	in, err := c.NewInvoice(ctx, c.by.User, c.by.Now, ask)
	if fault.Is(err, fault.Unavailable) {
		return nil, nil
	}
	return in, err
}

// lasts is how long the invoice shall be good for, 0 for as long as usual. Only
// doors for machines say it: "lasts" in seconds, or "until" as a time in seconds,
// which stays the same when the request comes again.
func (c *Call) lasts() (time.Duration, error) {
	text, from := c.Arg("lasts"), int64(0)
	if text == "" {
		text, from = c.Arg("until"), c.by.Now
	}
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= from {
		return 0, wallet.ErrLasts
	}
	// No invoice lasts that long, and more would not be a Duration.
	return time.Duration(min(n-from, int64(time.Duration(1<<62)/time.Second))) * time.Second, nil
}
