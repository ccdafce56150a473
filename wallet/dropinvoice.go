package wallet

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// DropInvoice takes back an invoice of a user that nobody has paid, by its
// payment hash in hexadecimal: from then on it has expired. app is who asks for
// the user, 0 the user in person. What was taken back, or has expired, stays so
// without a fault. NotFound is the fault for an invoice of somebody else,
// Conflict for one that is paid or just being paid, NotAllowed for a node that
// takes nothing back; Unavailable means that nothing has changed here, and that the
// same may be asked again.
func (s *Service) DropInvoice(ctx context.Context, user string, app app.ID, hash string) (err error) {
	defer func() { err = HeardBy(app, err) }()
	defer DatabaseAway(&err)
	by, err := s.Caller(ctx, Caller{JID: user, App: app})
	if err != nil {
		return err
	}
	if err := s.May(ctx, by, Receive, "receive"); err != nil {
		return err
	}
	in, err := invoice.Find(ctx, s.DB.Read(), i18n.Clip(hash, 64))
	switch {
	case err != nil:
		return err
	case in == nil || by.User == nil || in.User != by.User.ID:
		return ErrInvoiceUnknown
	}
	if over, err := s.over(ctx, by, in); over || err != nil {
		return err
	}
	if err := s.unpayable(ctx, in); err != nil {
		return err
	}
	return s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		// Who confirms a payment of this invoice has the payee locked.
		u, err := useraccount.Lock(ctx, tx, by.User.ID)
		if err != nil {
			return err
		}
		paying, err := paymentorder.Paying(ctx, tx, in.Hash)
		switch {
		case err != nil:
			return err
		case paying != nil:
			return ErrInvoicePaid
		}
		return invoice.Drop(ctx, tx, in.Hash, u.Now)
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
