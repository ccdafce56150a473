package wallet

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// DroppedInvoice is an invoice that can not be paid any more.
type DroppedInvoice struct{ Hash string }

// DropInvoice takes back an invoice of the caller's that nobody has paid, by its payment
// hash in hexadecimal: from then on it has expired. What was taken back, or has expired,
// stays so without a fault. NotFound is the fault for an invoice of somebody else,
// Conflict for one that is paid or just being paid, NotAllowed for a node that takes
// nothing back; Unavailable means that nothing has changed here, and that the same may be
// asked again.
func (s *Service) DropInvoice(ctx context.Context, by Caller, hash string) (_ DroppedInvoice, err error) {
	defer by.told(&err)
	if d, found, err := earlier[DroppedInvoice](ctx, s, by); found || err != nil {
		return d, err
	}
	if err := s.mayAsk(ctx, by, "receive"); err != nil {
		return DroppedInvoice{}, err
	}
	in, err := s.invoiceOf(ctx, by, hash)
	if err != nil {
		return DroppedInvoice{}, err
	}
	if over, err := s.over(ctx, by, in); over || err != nil {
		return DroppedInvoice{in.Hash}, err
	}
	if err := s.unpayable(ctx, in); err != nil {
		return DroppedInvoice{}, err
	}
	return asMember(ctx, s, by, func(tx *db.Tx, u *useraccount.User) (DroppedInvoice, error) {
		// Who confirms a payment of this invoice has the payee locked.
		paying, err := paymentorder.Paying(ctx, tx, in.Hash)
		if err == nil && paying != nil {
			err = ErrInvoicePaid
		}
		if err != nil {
			return DroppedInvoice{}, err
		}
		return DroppedInvoice{in.Hash}, invoice.Drop(ctx, tx, in.Hash, u.Now)
	})
}

// over reports whether an invoice cannot be paid any more. One that was paid,
// or is being paid by a neighbour, is a fault.
func (s *Service) over(ctx context.Context, by Caller, in *invoice.Invoice) (bool, error) {
	paying, err := paymentorder.Paying(ctx, s.DB.Read(), in.Hash)
	switch {
	case err != nil:
		return false, err
	case in.State != invoice.Open || paying != nil:
		return false, ErrInvoicePaid
	}
	return in.Expires <= by.Now, nil
}

// unpayable has the node take an invoice back.
func (s *Service) unpayable(ctx context.Context, in *invoice.Invoice) error {
	h, err := lightning.ParseHash(in.Hash)
	if err != nil {
		return err
	}
	if s.Lightning.Node == nil {
		return ErrLightningAway
	}
	err = s.Lightning.Node.Cancel(ctx, h)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, lightning.ErrSettled): // and its receipt is not booked yet
		return ErrInvoicePaid.Because(err)
	case errors.Is(err, lightning.ErrNoCancel):
		return ErrInvoiceKept.Because(err)
	}
	return ErrLightningAway.Because(err)
}
