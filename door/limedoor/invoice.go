package limedoor

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
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
	return Invoice{ID: r.Hash, PayReq: r.Text, URI: "lightning:" + r.Text, Amount: r.Amount.Sats(), Fine: fine(r.Amount), Memo: r.Memo, State: string(r.State),
		Paid: r.Paid.Sats(), Created: date(r.Created), Expires: date(r.Expires), Settled: date(r.Settled)}
}

func (d *Door) invoices(m *limeserver.Mux) {
	d.handle(m, lime.Get, "/invoices", listInvoices)
	d.handle(m, lime.Set, "/invoices", newInvoice)
	d.handle(m, lime.Get, "/invoices/{id}", func(ctx context.Context, c *call) (lime.Document, error) {
		r, err := c.invoice(ctx, strings.ToLower(c.Var("id")))
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
	by, err := c.caller(ctx, "invoices")
	if err != nil {
		return nil, err
	}
	all, total, err := c.door.desk.Invoices(ctx, by, skip, take)
	list := lime.Collection{Total: total, ItemType: TypeInvoice, Items: make([]lime.Document, 0, len(all))}
	for _, r := range all {
		list.Items = append(list.Items, invoiceOf(r))
	}
	return list, err
}

// dropInvoice takes back what nobody has paid. Twice is no mistake.
func dropInvoice(ctx context.Context, c *call) (lime.Document, error) {
	hash := strings.ToLower(c.Var("id"))
	_, err := does(ctx, c, "drop", hash, false, func(ctx context.Context, by wallet.Caller) (wallet.DroppedInvoice, error) {
		return c.door.desk.DropInvoice(ctx, by, hash)
	})
	return nil, err
}

func (c *call) invoice(ctx context.Context, hash string) (wallet.InvoiceRecord, error) {
	by, err := c.caller(ctx, "invoice")
	if err != nil {
		return wallet.InvoiceRecord{}, err
	}
	return c.door.desk.Invoice(ctx, by, hash)
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
	lasts, until, err := expires(want.Expires)
	if err != nil {
		return nil, err
	}
	w := wallet.Receiving{Memo: want.Memo, Until: until}
	if want.Amount != "" && want.Amount != "0" {
		if w.Amount, err = money(string(want.Amount), want.Unit); err != nil {
			return nil, err
		}
	}
	v, err := does(ctx, c, "receive", want, true, func(ctx context.Context, by wallet.Caller) (wallet.Receivable, error) {
		if lasts > 0 {
			w.Until = by.Now + lasts
		}
		return c.door.desk.Receive(ctx, by, w)
	})
	if err != nil {
		return nil, err
	}
	i := Invoice{ID: v.Hash, PayReq: v.Invoice, URI: v.URI, Address: v.Address, Amount: v.Amount.Sats(), Fine: fine(v.Amount), Memo: v.Memo,
		State: "open", Expires: date(v.Expires)}
	if v.Hash != "" { // the same id again: what became of it
		r, err := c.invoice(ctx, v.Hash)
		if err != nil {
			return nil, err
		}
		i.State, i.Paid, i.Created, i.Settled = string(r.State), r.Paid.Sats(), date(r.Created), date(r.Settled)
	}
	return i, nil
}

// expires reads when an invoice shall expire: in seconds from now, as a number, or at a
// time, as text. Nothing, or null, is as late as it may.
func expires(raw json.RawMessage) (lasts, until int64, err error) {
	var text string
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return 0, 0, nil
	case json.Unmarshal(raw, &text) == nil:
		at, err := time.Parse(time.RFC3339, text)
		if err != nil || at.Unix() <= 0 {
			return 0, 0, wallet.ErrLasts
		}
		return 0, at.Unix(), nil
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil || n <= 0 {
		return 0, 0, wallet.ErrLasts
	}
	return min(n, mostLasts), 0, nil // a sum with now is a time
}

// mostLasts is more seconds than any invoice lasts.
const mostLasts = 1 << 40
