package worker

import (
	"context"
	"errors"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// clocks is how far those of a node and of the database may be apart.
const clocks = 10 * time.Minute

// answered reports whether the node itself answered a call that pays, so that the call
// can not reach it any more: it told of the payment, or refused it. That we do not wait
// any more, a connection that broke and all else say nothing.
func answered(out lightning.Outcome, err error) bool {
	return err == nil && out.State != lightning.NotFound || errors.Is(err, lightning.ErrRefused)
}

// returned writes down that our call to the node has ended.
func (p *Invoices) returned(ctx context.Context, o *paymentorder.Order) error {
	ctx = context.WithoutCancel(ctx)
	return p.DB.Tx(ctx, func(tx *db.Tx) error {
		mine := *o
		if err := mine.Return(ctx, tx); err != nil {
			return err
		}
		o.Answered = mine.Answered
		return nil
	})
}

// mayBeCalled reports whether the node may be called yet to make a payment that has
// failed or that it refused: more than one call was begun, and whoever began one has
// not come back from it. It may be asleep and wake after any time. Once the invoice has expired, the node
// refuses.
func (p *Invoices) mayBeCalled(ctx context.Context, o *paymentorder.Order) (bool, error) {
	if !o.Called() {
		return false, nil
	}
	inv, err := p.Node.Decode(ctx, o.Invoice)
	if err != nil {
		return true, err
	}
	now, err := p.DB.Now(ctx)
	return now <= inv.Expires.Add(clocks).Unix(), err
}
