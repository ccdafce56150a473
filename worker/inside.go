package worker

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/failpoint"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// inside pays a neighbour's invoice in the ledger. It is taken back from the
// node first: after that nobody outside can pay it, and whoever was faster is
// known. Each step may be done again.
func (p *Invoices) inside(ctx context.Context, o *paymentorder.Order) error {
	key, err := p.key(ctx)
	if err != nil {
		return errors.Join(err, p.later(ctx, o))
	}
	aside, refused := false, ""
	err = holding(ctx, p.DB, o, func(ctx context.Context, tx *db.Tx, u, to *useraccount.User) (err error) {
		aside, refused = false, ""
		if o.State == paymentorder.Held {
			switch {
			case u.Suspended:
				refused = "order.failed-suspended"
			case !to.Active:
				refused = "order.failed-closed"
			}
		}
		if refused != "" {
			return nil
		}
		if aside, err = invoice.SetAside(ctx, tx, o.Hash.String); err != nil || !aside || o.State != paymentorder.Held {
			return err
		}
		o.Node = key
		if err := o.Begin(ctx, tx, u.Now+lease, u.Now); err != nil {
			return err
		}
		return freeze.Unless(ctx, tx, freeze.BooksWrong)
	})
	switch {
	case errors.Is(err, freeze.ErrStopped):
		return p.later(ctx, o)
	case err != nil:
		return err
	case refused != "":
		return p.refuse(ctx, o, refused)
	case !aside && o.State == paymentorder.Held: // it was paid from outside
		return p.refuse(ctx, o, "order.failed-invoice-paid")
	case !aside:
		return p.bounce(ctx, o, "order.failed-invoice-paid")
	}
	failpoint.At("inside.aside")
	h, err := lightning.ParseHash(o.Hash.String)
	if err != nil {
		return err
	}
	ask, cancel := context.WithTimeout(ctx, nodeTime)
	defer cancel()
	err = p.Node.Cancel(ask, h)
	failpoint.At("inside.cancelled")
	switch {
	case errors.Is(err, lightning.ErrSettled):
		return p.bounce(ctx, o, "order.failed-invoice-paid")
	case errors.Is(err, lightning.ErrNoCancel): // so somebody outside could pay it, too
		return p.bounce(ctx, o, "order.failed-neighbour")
	case errors.Is(err, lightning.ErrNoInvoice):
		return p.unknown(ctx, ask, o, h)
	case errors.Is(err, lightning.ErrRefused): // somebody's payment is on its way in
		return p.later(ctx, o)
	case err != nil:
		return errors.Join(err, p.later(ctx, o))
	}
	err = p.believe(ctx, o, "order.paid-invoice", func(ctx context.Context, tx *db.Tx, from, to *useraccount.User) error {
		defer failpoint.At("inside.paid")
		if err := p.moveInside(ctx, tx, o, from, to); err != nil {
			return err
		}
		return freeze.Unless(ctx, tx, freeze.BooksWrong) // nothing moves while the books are wrong
	})
	if errors.Is(err, errClosed) {
		return p.gone(ctx, o, "order.failed-closed")
	}
	return err
}

// unknown ends an order for an invoice that our node made and does not know any
// more. The node is the one that we know, or it would not have been asked. If it
// was not paid for it before, nobody can: the money goes back.
func (p *Invoices) unknown(ctx, ask context.Context, o *paymentorder.Order, h lightning.Hash) error {
	const page = 1000
	for from := uint64(0); ; {
		all, next, err := p.Node.Received(ask, from, page)
		if err != nil {
			return errors.Join(err, p.later(ctx, o))
		}
		for _, r := range all {
			if r.Hash == h {
				return p.bounce(ctx, o, "order.failed-invoice-paid")
			}
		}
		if next == from {
			break
		}
		from = next
	}
	p.Log.Warn("the node does not know an invoice that it made, and was not paid for it; the payer has the money back",
		"order", o.ID, "hash", o.Hash.String)
	return p.gone(ctx, o, "order.failed-invoice")
}

// gone gives the money back for an invoice that nobody can pay any more.
func (p *Invoices) gone(ctx context.Context, o *paymentorder.Order, reason string) error {
	return p.believe(ctx, o, reason, func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
		if err := putBack(ctx, tx, o); err != nil {
			return err
		}
		if err := invoice.Drop(ctx, tx, o.Hash.String, u.Now); err != nil {
			return err
		}
		return o.Bounced(ctx, tx, u, reason, u.Now)
	})
}

// moveInside pays; the two users are locked.
func (p *Invoices) moveInside(ctx context.Context, tx *db.Tx, o *paymentorder.Order, from, to *useraccount.User) error {
	if !to.Active {
		return errClosed
	}
	i, err := invoice.Find(ctx, tx, o.Hash.String)
	if err != nil {
		return err
	}
	n, err := o.PaidInside(ctx, tx, from, to, i.Preimage, from.Now)
	if err != nil {
		return err
	}
	if ok, err := invoice.PaidInside(ctx, tx, o.Hash.String, o.Amount, from.Now); err != nil || !ok {
		return errors.Join(err, errNotAside)
	}
	has, err := ledger.Balance(ctx, tx, to.Money)
	if err != nil {
		return err
	}
	return invoice.Tell(ctx, tx, to, i, o.Amount, has, n, from.Now)
}

var (
	// errNotAside undoes a payment whose invoice was settled meanwhile.
	errNotAside = errors.New("worker: the invoice is not set aside any more")
	// errClosed undoes a payment to a user who left meanwhile.
	errClosed = errors.New("worker: the payee has no account any more")
)

func putBack(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	return invoice.PutBack(ctx, tx, o.Hash.String)
}
