package lime

import (
	"encoding/json"
	"time"
)

// Media types of payments, as the bots of BLiP use them.
const (
	TypeInvoice        MediaType = "application/vnd.lime.invoice+json"
	TypeInvoiceStatus  MediaType = "application/vnd.lime.invoice-status+json"
	TypePaymentReceipt MediaType = "application/vnd.lime.payment-receipt+json"
)

// Decimal is an amount of money as it was written: digits, and perhaps a point.
// It is never a float; what it counts is said by a currency beside it.
type Decimal string

// MarshalJSON writes a number, or a string if it is none.
func (d Decimal) MarshalJSON() ([]byte, error) {
	var n json.Number
	if json.Unmarshal([]byte(d), &n) == nil && n != "" && d[0] != '"' {
		return []byte(d), nil
	}
	return appendString(nil, string(d)), nil
}

// UnmarshalJSON takes a number or a string as it is written.
func (d *Decimal) UnmarshalJSON(b []byte) error {
	*d = Decimal(loose(string(b)))
	return nil
}

// Invoice asks somebody to pay.
type Invoice struct {
	Title    string          `json:"title,omitempty"`
	Created  string          `json:"created,omitempty"`
	DueTo    string          `json:"dueTo,omitempty"`
	Methods  []PaymentMethod `json:"methods,omitempty"`
	Currency string          `json:"currency,omitempty"`
	Taxes    Decimal         `json:"taxes,omitempty"`
	Total    Decimal         `json:"total,omitempty"`
	Items    []InvoiceItem   `json:"items,omitempty"`
	BillTo   string          `json:"billTo,omitempty"`
}

// MediaType is TypeInvoice.
func (Invoice) MediaType() MediaType { return TypeInvoice }

// PaymentMethod is a way to pay.
type PaymentMethod struct {
	Name    string `json:"name"`
	Account string `json:"account,omitempty"`
}

// InvoiceItem is a line of an invoice.
type InvoiceItem struct {
	Quantity    Decimal `json:"quantity,omitempty"`
	Unit        Decimal `json:"unit,omitempty"` // the price of one
	Currency    string  `json:"currency,omitempty"`
	Total       Decimal `json:"total,omitempty"`
	Description string  `json:"description,omitempty"`
}

// InvoiceState is what became of an invoice.
type InvoiceState string

// Completed is paid.
const (
	InvoiceCompleted InvoiceState = "completed"
	InvoiceCancelled InvoiceState = "cancelled"
	InvoiceRefunded  InvoiceState = "refunded"
)

// InvoiceStatus tells whoever sent an invoice what became of it.
type InvoiceStatus struct {
	Status InvoiceState `json:"status"`
	Date   string       `json:"date,omitempty"`
	Code   string       `json:"code,omitempty"`
}

// MediaType is TypeInvoiceStatus.
func (InvoiceStatus) MediaType() MediaType { return TypeInvoiceStatus }

// PaymentReceipt tells a payer what was paid.
type PaymentReceipt struct {
	PaidOn   string        `json:"paidOn,omitempty"`
	Code     string        `json:"code,omitempty"`
	Method   PaymentMethod `json:"method"`
	Currency string        `json:"currency,omitempty"`
	Total    Decimal       `json:"total,omitempty"`
	Items    []InvoiceItem `json:"items,omitempty"`
}

// MediaType is TypePaymentReceipt.
func (PaymentReceipt) MediaType() MediaType { return TypePaymentReceipt }

// Date writes a time as LIME does: UTC, with milliseconds.
func Date(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
