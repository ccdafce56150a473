package worker

import (
	"cmp"
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// nodeKey is invoice.Ours within the time that a node has, also when what asks has none
// left: what the node said is written down.
func nodeKey(ctx context.Context, d *db.DB, node invoice.Informed) (string, error) {
	ask, cancel := context.WithTimeout(context.WithoutCancel(ctx), nodeTime/4)
	defer cancel()
	return invoice.Ours(ask, d.Read(), node)
}

func (p *Invoices) key(ctx context.Context) (string, error) { return nodeKey(ctx, p.DB, p.Node) }

// itsNode is an error unless the node is the one at which the order began. Another one
// has never heard of the payment, or had one of its own for the hash: neither says
// that it was not made. It is asked after the answer that it is about, and before a call
// that pays.
func (p *Invoices) itsNode(ctx context.Context, o *paymentorder.Order) error {
	key, err := p.key(ctx)
	if err == nil && key != o.Node {
		err = invoice.ErrOtherNode
	}
	return err
}

// forgot stops payments: the node had the payment on its way, and does not know it
// any more. It was set back, or the payment was deleted when it was over. Nobody pays
// it again or gives it back but an operator.
func (p *Invoices) forgot(ctx context.Context, o *paymentorder.Order) error {
	p.Log.Error("the node has forgotten a payment that was on its way: no payment begins until the operator has looked",
		"order", o.ID, "hash", o.Hash.String)
	return p.tell(ctx, o, "", func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
		if err := o.MarkConflicted(ctx, tx, u.Now+stuckPause); err != nil {
			return err
		}
		_, err := freeze.Payments(ctx, tx, freeze.Cause{Ref: o.Hash.String, Reason: freeze.Restored,
			What: fmt.Sprintf("the Lightning node has forgotten the payment of %s, which was on its way", o.Ref())})
		return cmp.Or(err, errUntold)
	})
}
