package wallet

import (
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// OrderRecord is all that may be read of an order.
type OrderRecord struct {
	Code          string      `json:"code"`
	To            string      `json:"to"`
	Rail          string      `json:"rail"` // inside, chain or lightning
	State         string      `json:"state"`
	Amount        amount.Msat `json:"amount"`
	FeeLimit      amount.Msat `json:"fee_limit"`
	Fee           amount.Msat `json:"fee"` // really paid, once Paid
	Paid          bool        `json:"paid"`
	Memo          string      `json:"memo"`
	TxID          string      `json:"txid"`
	Hash          string      `json:"hash"`
	Preimage      string      `json:"preimage"`
	Reason        string      `json:"reason"`
	Confirmations int64       `json:"confirmations"`
	Created       int64       `json:"created"` // seconds
	Expires       int64       `json:"expires"`
	Confirmed     int64       `json:"confirmed"`
	Ended         int64       `json:"ended"`
	Stopped       bool        `json:"stopped"` // it waits because payments are stopped, and may be cancelled; not told in Snapshot
}

// recordOf is an order at a time: one whose time ran out is expired, whether
// somebody wrote that down or not.
func recordOf(o paymentorder.Order, now int64) OrderRecord {
	r := OrderRecord{Code: o.Code, To: o.SaidTo, Rail: string(o.Kind()), State: string(o.State), Amount: o.Amount, FeeLimit: o.FeeLimit,
		Fee: amount.Msat(o.Fee.Int64), Paid: o.Fee.Valid, Memo: o.Memo, TxID: o.TxID, Hash: o.Hash.String, Preimage: o.Preimage.String,
		Reason: o.Reason, Confirmations: o.Confirmations, Created: o.Created, Expires: o.Expires, Confirmed: o.Confirmed.Int64, Ended: o.Ended.Int64}
	if o.State == paymentorder.New && o.Expires <= now {
		r.State = string(paymentorder.Expired)
	}
	return r
}

// InvoiceRecord is all that may be read of an invoice.
type InvoiceRecord struct {
	Hash    string      `json:"hash"`
	Text    string      `json:"text"`   // BOLT 11
	Amount  amount.Msat `json:"amount"` // 0: the payer chooses
	Memo    string      `json:"memo"`
	State   string      `json:"state"` // open, paid or expired
	Paid    amount.Msat `json:"paid"`
	Created int64       `json:"created"` // seconds
	Expires int64       `json:"expires"`
	Settled int64       `json:"settled"`
}

func invoiceRecordOf(i invoice.Invoice, now int64) InvoiceRecord {
	r := InvoiceRecord{Hash: i.Hash, Text: i.Text, Amount: i.Amount, Memo: i.Memo, State: "open", Paid: amount.Msat(i.Paid.Int64),
		Created: i.Created, Expires: i.Expires, Settled: i.Settled.Int64}
	switch {
	case i.State == invoice.Settled:
		r.State = "paid"
	case i.Expires <= now && i.State == invoice.Open:
		r.State = "expired"
	}
	return r
}
