package wallet

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/useraccount"
)

// billsAtOnce is how many bills one look asks the node for.
const billsAtOnce = 20

// LapseBills cancels the caller's bills whose time ran out, when the node says that
// nobody can pay, and nobody has: its receipts may come late. A bill that cannot be ended
// keeps no other one open.
func (s *Service) LapseBills(ctx context.Context, by Caller) (err error) {
	defer by.told(&err)
	u := by.User
	if u == nil {
		return useraccount.ErrUnknown
	}
	due, err := invoice.DueBills(ctx, s.DB.Read(), u.ID, by.Now, billsAtOnce)
	failed := []error{err}
	for _, b := range due {
		if ctx.Err() != nil {
			break
		}
		failed = append(failed, s.lapseBill(ctx, u.ID, b))
	}
	return errors.Join(failed...)
}

// lapseBill cancels one bill of a user, if it was not paid.
func (s *Service) lapseBill(ctx context.Context, user useraccount.ID, b invoice.Bill) error {
	if over, err := s.unpaid(ctx, b); err != nil || !over {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		// Who confirms a payment of the bill has the payee locked.
		is, err := useraccount.Lock(ctx, tx, user)
		if err != nil {
			return err
		}
		return invoice.CancelBill(ctx, tx, b.ID, is.Now)
	})
}

// unpaid reports whether the node knows that an invoice whose time ran out was
// not paid.
func (s *Service) unpaid(ctx context.Context, b invoice.Bill) (bool, error) {
	if b.Hash == "" || s.Lightning.Node == nil {
		return true, nil
	}
	h, err := lightning.ParseHash(b.Hash)
	if err != nil {
		return false, err
	}
	err = s.Lightning.Node.Cancel(ctx, h)
	switch {
	case errors.Is(err, lightning.ErrNoInvoice): // so it was not paid, if it is the node that made it
		err := s.ownNode(ctx)
		return err == nil, err
	case err == nil, errors.Is(err, lightning.ErrNoCancel):
		return true, nil
	case errors.Is(err, lightning.ErrSettled), errors.Is(err, lightning.ErrRefused):
		return false, nil // its receipt is on the way, or its payment
	}
	return false, LightningFault(err)
}
