package door

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/wallet"
)

// TypeInvoice is a request of an account to be paid.
const TypeInvoice lime.MediaType = "application/vnd.bitcoim.invoice+json"

// Invoice asks anybody to pay.
type Invoice struct {
	ID      string `json:"id,omitempty"`     // the payment hash; none without Lightning
	PayReq  string `json:"payreq,omitempty"` // BOLT 11
	URI     string `json:"uri,omitempty"`    // for wallets of the chain and of Lightning (BIP 321)
	Address string `json:"address,omitempty"`
	Amount  int64  `json:"amount,omitempty"` // sat; none: the payer chooses
	Fine    string `json:"amountMsat,omitempty"`
	Memo    string `json:"memo,omitempty"`
	State   string `json:"state"`          // open, paid or expired
	Paid    int64  `json:"paid,omitempty"` // sat that came
	Created string `json:"created,omitempty"`
	Expires string `json:"expires,omitempty"`
	Settled string `json:"settled,omitempty"`
}

// MediaType is TypeInvoice.
func (Invoice) MediaType() lime.MediaType { return TypeInvoice }

func invoiceOf(r wallet.InvoiceRecord) Invoice {
	return Invoice{ID: r.Hash, PayReq: r.Text, URI: "lightning:" + r.Text, Amount: r.Amount.Sats(), Fine: fine(r.Amount), Memo: r.Memo, State: r.State,
		Paid: r.Paid.Sats(), Created: date(r.Created), Expires: date(r.Expires), Settled: date(r.Settled)}
}

func (d *Door) invoices(m *lime.Mux) {
	d.handle(m, lime.Get, "/invoices", listInvoices)
	d.handle(m, lime.Set, "/invoices", newInvoice)
	d.handle(m, lime.Get, "/invoices/{id}", func(ctx context.Context, c *call) (lime.Document, error) {
		if err := c.mayLook(ctx); err != nil {
			return nil, err
		}
		r, err := d.desk.Invoice(ctx, c.jid, strings.ToLower(c.Var("id")))
		if err != nil {
			return nil, err
		}
		return invoiceOf(r), nil
	})
	d.handle(m, lime.Delete, "/invoices/{id}", dropInvoice)
	d.observable(m, "/invoices")
}

func listInvoices(ctx context.Context, c *call) (lime.Document, error) {
	skip, take, err := c.Page(most)
	if err != nil {
		return nil, err
	}
	if err := c.mayLook(ctx); err != nil {
		return nil, err
	}
	all, total, err := c.door.desk.Invoices(ctx, c.jid, skip, take)
	list := lime.Collection{Total: total, ItemType: TypeInvoice, Items: make([]lime.Document, 0, len(all))}
	for _, r := range all {
		list.Items = append(list.Items, invoiceOf(r))
	}
	return list, err
}

// dropInvoice takes back what nobody has paid. Twice is no mistake.
func dropInvoice(ctx context.Context, c *call) (lime.Document, error) {
	_, err := c.inTurn(ctx, func(ctx context.Context) (command.Reply, error) {
		return command.Reply{}, c.door.desk.DropInvoice(ctx, c.jid, c.app, strings.ToLower(c.Var("id")))
	})
	return nil, err
}

func newInvoice(ctx context.Context, c *call) (lime.Document, error) {
	want, err := document[struct {
		Amount  lime.Decimal    `json:"amount"`
		Unit    string          `json:"unit"`
		Memo    string          `json:"memo"`
		Expires json.RawMessage `json:"expires"`
	}](c.Resource, TypeInvoice)
	if err != nil {
		return nil, err
	}
	args := map[string]string{"memo": want.Memo}
	if err := expires(want.Expires, args); err != nil {
		return nil, err
	}
	if want.Amount != "" && want.Amount != "0" {
		m, err := money(string(want.Amount), want.Unit)
		if err != nil {
			return nil, err
		}
		args["amount"] = said(m)
	}
	reply, err := c.anew(ctx, "receive", args)
	if err != nil {
		return nil, err
	}
	v, err := view[command.ReceiveView](reply.Data)
	if err != nil {
		return nil, err
	}
	i := Invoice{ID: v.Hash, PayReq: v.Invoice, URI: v.URI, Address: v.Address, Amount: v.Amount.Sats(), Fine: fine(v.Amount), Memo: v.Memo,
		State: "open", Expires: date(v.Expires)}
	if v.Hash != "" { // the same id again: what became of it
		r, err := c.door.desk.Invoice(ctx, c.jid, v.Hash)
		if err != nil {
			return nil, err
		}
		i.State, i.Paid, i.Created, i.Settled = r.State, r.Paid.Sats(), date(r.Created), date(r.Settled)
	}
	return i, nil
}

// expires tells the desk when an invoice shall expire: in seconds from now, as a
// number, or at a time, as text. Nothing, or null, is as late as it may.
func expires(raw json.RawMessage, args map[string]string) error {
	var text string
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return nil
	case json.Unmarshal(raw, &text) == nil:
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return refuse(lime.InvalidArgument, "receive.expires", nil)
		}
		args["until"] = number(at.Unix())
		return nil
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil || n <= 0 {
		return refuse(lime.InvalidArgument, "receive.expires", nil)
	}
	args["lasts"] = number(n)
	return nil
}
