package worker

import (
	"context"
	"errors"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

const (
	// clocks is how far those of a node and of the database may be apart.
	clocks = 10 * time.Minute
	// longestCall is how long after an order began a call that did not come back is
	// waited for at most. Until when its invoice can be paid is the payee's choice, and
	// may be years.
	longestCall = 7 * 24 * time.Hour
	// lastCall is how long after an order began the node is called to pay it: whatever
	// call is out when longestCall is over began a day ago.
	lastCall = longestCall - 24*time.Hour
)

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

// decoder reads invoices.
type decoder interface {
	Decode(ctx context.Context, text string) (lightning.Invoice, error)
}

// payable is until when, in seconds since 1970, the invoice of an order can be paid: 0
// if the node takes it for none, or pays none of its kind.
func (p *Invoices) payable(ctx context.Context, o *paymentorder.Order) (int64, error) {
	inv, err := p.Node.Decode(ctx, o.Invoice)
	switch {
	case errors.Is(err, lightning.ErrBadInvoice), errors.Is(err, lightning.ErrRefused):
		return 0, nil
	case err != nil:
		return 0, err
	}
	return inv.Expires.Unix(), nil
}

// CalledUntil is until when, in seconds since 1970, the node may yet be called to make a
// payment that has failed or that it refused; 0 if no call is out. More than one call was
// begun, and who began one has not come back from it: they may be asleep and wake after
// any time. Once the invoice has expired, the node refuses.
func CalledUntil(ctx context.Context, node decoder, o *paymentorder.Order) (int64, error) {
	if !o.Called() {
		return 0, nil
	}
	inv, err := node.Decode(ctx, o.Invoice)
	if err != nil {
		return 0, err
	}
	return min(inv.Expires.Add(clocks).Unix(), o.Begun.Int64+int64(longestCall/time.Second)), nil
}

// mayBeCalled reports whether the node may yet be called to pay an order.
func (p *Invoices) mayBeCalled(ctx context.Context, o *paymentorder.Order) (bool, error) {
	until, err := CalledUntil(ctx, p.Node, o)
	if err != nil || until == 0 {
		return err != nil, err
	}
	now, err := p.DB.Now(ctx)
	return now <= until, err
}

// tooLate reports whether the node is not called any more to pay an order: it began
// long ago, and its invoice can still be paid.
func (p *Invoices) tooLate(ctx context.Context, o *paymentorder.Order) (bool, error) {
	now, err := p.DB.Now(ctx)
	if err != nil || now <= o.Begun.Int64+int64(lastCall/time.Second) {
		return false, err
	}
	inv, err := p.Node.Decode(ctx, o.Invoice)
	return err == nil && now <= inv.Expires.Add(clocks).Unix(), err
}
