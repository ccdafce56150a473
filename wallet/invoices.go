package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/invoice"
)

// InvoiceRecord is all that may be read of an invoice.
type InvoiceRecord struct {
	Hash    string
	Text    string      // BOLT 11
	Amount  amount.Msat // 0: the payer chooses
	Memo    string
	State   InvoiceState
	Paid    amount.Msat
	Created int64 // seconds
	Expires int64
	Settled int64
}

func invoiceRecordOf(i invoice.Invoice, now int64) InvoiceRecord {
	r := InvoiceRecord{Hash: i.Hash, Text: i.Text, Amount: i.Amount, Memo: i.Memo, State: InvoiceOpen, Paid: amount.Msat(i.Paid.Int64),
		Created: i.Created, Expires: i.Expires, Settled: i.Settled.Int64}
	switch {
	case i.State == invoice.Settled:
		r.State = InvoicePaid
	case i.Expires <= now && i.State == invoice.Open:
		r.State = InvoiceExpired
	}
	return r
}

// Invoice finds an invoice of the caller's by its payment hash; ErrInvoiceUnknown if there
// is none.
func (s *Service) Invoice(ctx context.Context, by Caller, hash string) (_ InvoiceRecord, err error) {
	defer by.told(&err)
	if err := s.mayAsk(ctx, by, "receive"); err != nil {
		return InvoiceRecord{}, err
	}
	in, err := s.invoiceOf(ctx, by, hash)
	if err != nil {
		return InvoiceRecord{}, err
	}
	return invoiceRecordOf(*in, by.Now), nil
}

// invoiceOf is the caller's invoice of a payment hash.
func (s *Service) invoiceOf(ctx context.Context, by Caller, hash string) (*invoice.Invoice, error) {
	in, err := invoice.Find(ctx, s.DB.Read(), i18n.Clip(hash, 64))
	if err == nil && (in == nil || in.User != by.User.ID) {
		err = ErrInvoiceUnknown
	}
	return in, err
}

// Invoices lists a part of the caller's own invoices, newest first, and counts them all.
func (s *Service) Invoices(ctx context.Context, by Caller, skip, take int) (all []InvoiceRecord, total int, err error) {
	defer by.told(&err)
	if err := s.mayAsk(ctx, by, "receive"); err != nil {
		return nil, 0, err
	}
	invoices, total, err := invoice.Page(ctx, s.DB.Read(), by.User.ID, skip, take)
	for _, i := range invoices {
		all = append(all, invoiceRecordOf(i, by.Now))
	}
	return all, total, err
}
