package command

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/db"
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
func (d *Desk) DropInvoice(ctx context.Context, user string, app AppID, hash string) (err error) {
	defer func() { err = heardBy(app, err) }()
	defer later(&err)
	c, err := d.call(ctx, Request{User: user, App: app})
	if err != nil {
		return err
	}
	c.Command = Receive
	if err := c.mayAct(ctx); err != nil {
		return err
	}
	in, err := invoice.Find(ctx, d.DB.Read(), clip(hash, 64))
	switch {
	case err != nil:
		return err
	case in == nil || c.Account == nil || in.User != c.Account.ID:
		return errInvoiceUnknown
	}
	if over, err := c.over(ctx, in); over || err != nil {
		return err
	}
	if err := d.unpayable(ctx, in); err != nil {
		return err
	}
	return d.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		// Who confirms a payment of this invoice has the payee locked.
		u, err := useraccount.Lock(ctx, tx, c.Account.ID)
		if err != nil {
			return err
		}
		paying, err := paymentorder.Paying(ctx, tx, in.Hash)
		switch {
		case err != nil:
			return err
		case paying != nil:
			return errInvoicePaid
		}
		return invoice.Drop(ctx, tx, in.Hash, u.Now)
	})
}

// over reports whether an invoice cannot be paid any more. One that was paid,
// or is being paid by a neighbour, is a fault.
func (c *Call) over(ctx context.Context, in *invoice.Invoice) (bool, error) {
	paying, err := paymentorder.Paying(ctx, c.DB.Read(), in.Hash)
	switch {
	case err != nil:
		return false, err
	case in.State != invoice.Open || paying != nil:
		return false, errInvoicePaid
	}
	return in.Expires <= c.Now, nil
}

// unpayable has the node take an invoice back.
func (d *Desk) unpayable(ctx context.Context, in *invoice.Invoice) error {
	h, err := lightning.ParseHash(in.Hash)
	if err != nil {
		return err
	}
	if d.Lightning.Node == nil {
		return errLightningAway
	}
	err = d.Lightning.Node.Cancel(ctx, h)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, lightning.ErrSettled): // and its receipt is not booked yet
		return errInvoicePaid.Because(err)
	case errors.Is(err, lightning.ErrNoCancel):
		return errInvoiceKept.Because(err)
	}
	return errLightningAway.Because(err)
}
