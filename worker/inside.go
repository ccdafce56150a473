package worker

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/crash"
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
	aside := false
	err := p.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		if aside, err = invoice.SetAside(ctx, tx, o.Hash.String); err != nil || !aside {
			return err
		}
		fresh, err := paymentorder.ByID(ctx, tx, o.ID)
		if err != nil || fresh.State != paymentorder.Held {
			return err
		}
		*o = *fresh
		return o.Begin(ctx, tx, p.now()+lease)
	})
	if err != nil {
		return err
	}
	if !aside {
		return p.takenElsewhere(ctx, o)
	}
	crash.At("inside.aside")
	h, err := lightning.ParseHash(o.Hash.String)
	if err != nil {
		return err
	}
	ask, cancel := context.WithTimeout(ctx, nodeTime)
	defer cancel()
	err = p.Node.Cancel(ask, h)
	crash.At("inside.cancelled")
	switch {
	case errors.Is(err, lightning.ErrSettled):
		return p.bounce(ctx, o, "order.failed-invoice-paid")
	case errors.Is(err, lightning.ErrNoCancel): // so somebody outside could pay it, too
		return p.bounce(ctx, o, "order.failed-neighbour")
	case errors.Is(err, lightning.ErrRefused): // somebody's payment is on its way in
		return p.later(ctx, o)
	case err != nil:
		return errors.Join(err, p.later(ctx, o))
	}
	return p.tell(ctx, o, "order.paid-invoice", func(tx *db.Tx, u *useraccount.User) error {
		defer crash.At("inside.paid")
		return p.moveInside(ctx, tx, o, u)
	})
}

// takenElsewhere gives the money back: the invoice was paid from outside.
func (p *Invoices) takenElsewhere(ctx context.Context, o *paymentorder.Order) error {
	if o.State != paymentorder.Held {
		return p.bounce(ctx, o, "order.failed-invoice-paid")
	}
	return p.tell(ctx, o, "order.failed-invoice-paid", func(tx *db.Tx, u *useraccount.User) error {
		return o.Fail(ctx, tx, u, "order.failed-invoice-paid", p.now())
	})
}

func (p *Invoices) moveInside(ctx context.Context, tx *db.Tx, o *paymentorder.Order, from *useraccount.User) error {
	ctx = context.WithoutCancel(ctx)
	to, err := useraccount.ByID(ctx, tx, o.ToUser.Int64)
	if err != nil {
		return err
	}
	i, err := invoice.Find(ctx, tx, o.Hash.String)
	if err != nil {
		return err
	}
	n, err := o.PaidInside(ctx, tx, from, to, i.Preimage, p.now())
	if err != nil {
		return err
	}
	if ok, err := invoice.PaidInside(ctx, tx, o.Hash.String, o.Amount, p.now()); err != nil || !ok {
		return errors.Join(err, errNotAside)
	}
	has, err := ledger.Balance(ctx, tx, to.Money)
	if err != nil {
		return err
	}
	return invoice.Tell(ctx, tx, to, i, o.Amount, has, n, p.now())
}

// errNotAside undoes a payment whose invoice was settled meanwhile.
var errNotAside = errors.New("worker: the invoice is not set aside any more")

func putBack(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	return invoice.PutBack(ctx, tx, o.Hash.String)
}
