package command

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Receive gives what somebody else needs to pay the user.
var Receive = &Command{
	Name: "receive", Who: Member, Where: AtGateway, Hands: OfAllApps,
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
	memo := clip(c.Arg("memo"), memoLength)
	lasts, err := c.lasts()
	if err != nil {
		return Reply{}, err
	}
	in, err := c.ownInvoice(ctx, invoiceAsk{Amount: m, Memo: memo, Lasts: lasts})
	if err != nil {
		return Reply{}, err
	}
	if m > 0 && m.CeilSat() < c.House.MinDeposit {
		return c.receiveSmall(ctx, in, m, memo)
	}
	if in == nil {
		return c.withAddress(ctx, func(a deposit.Address) Reply { return c.showReceive(a, nil, m, memo) })
	}
	return c.withAddressIn(ctx, func(tx *db.Tx, a deposit.Address) (Reply, error) {
		return c.showReceive(a, in, m, memo), c.addInvoice(ctx, tx, *in)
	})
}

// receiveSmall asks for less than is credited when it comes on the chain: over
// Lightning alone, with no address that somebody could pay it to.
func (c *Call) receiveSmall(ctx context.Context, in *invoice.Invoice, m amount.Msat, memo string) (Reply, error) {
	least := int64(c.House.MinDeposit)
	switch {
	case in == nil && c.Lightning.Node == nil:
		return Reply{}, errReceiveTooSmall.With(fault.Args{"minimum": least, "away": false})
	case in == nil:
		return Reply{}, errReceiveTooSmall.With(fault.Args{"minimum": least, "away": true}).OfKind(fault.Unavailable)
	}
	return c.asMember(ctx, func(tx *db.Tx, _ *useraccount.User) (Reply, error) {
		r := say("receive.amount", map[string]any{"amount": int64(m), "memo": memo})
		r.add("receive.lightning-only", map[string]any{"valid": in.Expires - c.Now, "minimum": least})
		r.Copy, r.QR = []string{in.Text}, "lightning:"+in.Text
		r.Data = ReceiveView{URI: r.QR, Invoice: in.Text, Hash: in.Hash, Amount: m, Memo: memo, Expires: in.Expires}
		return r, c.addInvoice(ctx, tx, *in)
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
		r.add("receive.lightning", map[string]any{"valid": in.Expires - c.Now})
		r.Copy = []string{view.URI, in.Text, a.Address}
	}
	if in == nil && c.Lightning.Node != nil {
		r.add("receive.away", nil)
	}
	r.add("address.when", map[string]any{"n": c.House.Confirmations, "minimum": int64(c.House.MinDeposit)})
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
func (c *Call) ownInvoice(ctx context.Context, ask invoiceAsk) (*invoice.Invoice, error) {
	if c.Lightning.Node == nil {
		return nil, nil
	}
	in, err := c.newInvoice(ctx, c.Account, c.Now, ask)
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
		text, from = c.Arg("until"), c.Now
	}
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= from {
		return 0, errLasts
	}
	// No invoice lasts that long, and more would not be a Duration.
	return time.Duration(min(n-from, int64(time.Duration(1<<62)/time.Second))) * time.Second, nil
}

// invoiceAsk is an invoice that a user, or somebody for a user, asks for.
type invoiceAsk struct {
	Amount          amount.Msat // 0: the payer chooses
	Memo            string
	Lasts           time.Duration // if that is less than usual; 0: as usual
	Sender          string        // words of a payer who is not ours
	DescriptionHash []byte
	Door            string
}

// described is as much of a memo as an invoice can say: 639 bytes (BOLT 11).
func described(memo string) string {
	for len(memo) > 639 {
		_, size := utf8.DecodeLastRuneInString(memo)
		memo = memo[:len(memo)-size]
	}
	return memo
}

// addInvoice writes an invoice down, in a transaction in which its user is locked:
// others may have been made since they were counted.
func (d *Desk) addInvoice(ctx context.Context, tx *db.Tx, in invoice.Invoice) error {
	if err := d.mayWait(ctx, tx, in.User, in.Door, in.Created); err != nil {
		return err
	}
	return invoice.Add(ctx, tx, in)
}

// mayWait is the fault of a user who has as many invoices from one door that can
// be paid as one may have.
func (d *Desk) mayWait(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID, door string, now int64) error {
	open, err := invoice.Waiting(ctx, q, user, door, now)
	if err == nil && open >= d.Lightning.Open {
		err = errOpenInvoices.With(fault.Args{"n": int64(open)})
	}
	return err
}

// newInvoice has the node make an invoice. The caller writes it down before it
// is given to anybody: one that was not is nobody's, and is never paid.
func (d *Desk) newInvoice(ctx context.Context, u *useraccount.User, now int64, ask invoiceAsk) (*invoice.Invoice, error) {
	if err := d.mayWait(ctx, d.DB.Read(), u.ID, ask.Door, now); err != nil { // the node need not make one
		return nil, err
	}
	if most := d.House.Limits.Balance; ask.Amount > most {
		return nil, errInvoiceLimit.With(fault.Args{"limit": int64(most)})
	}
	lasts := d.Lightning.Expiry
	if ask.Lasts > 0 {
		lasts = min(lasts, ask.Lasts)
	}
	var p lightning.Preimage
	if _, err := rand.Read(p[:]); err != nil {
		return nil, err
	}
	made, err := d.Lightning.Node.Invoice(ctx, lightning.Ask{Preimage: p, Amount: ask.Amount, Description: described(ask.Memo),
		DescriptionHash: ask.DescriptionHash, Expiry: lasts})
	if err != nil {
		return nil, nodeAway(err)
	}
	if err := d.ownNode(ctx); err != nil {
		return nil, err
	}
	in := &invoice.Invoice{Hash: made.Hash.String(), User: u.ID, Text: made.Text, Amount: ask.Amount, Memo: ask.Memo, Sender: ask.Sender,
		Door: ask.Door, Created: now, Expires: made.Expires.Unix()}
	if made.Hash == p.Hash() {
		in.Preimage = p.Hex()
	}
	return in, nil
}
