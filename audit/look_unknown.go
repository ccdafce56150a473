package audit

import (
	"context"
	"fmt"
	"slices"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// anyOrder is no less than the number of any order: what is found just now may be that of each.
const anyOrder = 1<<63 - 1

// unknown is found of a transaction that no order made. If the books are an older copy, it
// is that of an order which has not begun by them, and pays the same.
func (l *look) unknown(ctx context.Context, s chain.Sent) error {
	pays, err := paymentorder.Pays(s.Paid)
	if err != nil {
		return err
	}
	c := freeze.Cause{Ref: s.TxID, Reason: freeze.Spent, Pays: pays, Orders: anyOrder}
	if i := slices.IndexFunc(l.clearing, c.Is); i >= 0 { // it was found before
		c.Orders = l.clearing[i].Orders
	}
	orders, err := paymentorder.For(ctx, l.q, c)
	if err != nil {
		return err
	}
	c.What = fmt.Sprintf("%s left the wallet, %s deep, and %s", sats(s.Amount), blocks(s.Confirmations), sender(orders))
	_, err = l.found(ctx, c)
	return err
}

// sender says which of the orders for what a transaction paid it may be that of.
func sender(orders []paymentorder.Order) string {
	begun := slices.IndexFunc(orders, func(o paymentorder.Order) bool { return o.TxID != "" })
	said := doer(orders)
	if begun >= 0 && said == doer(nil) {
		o := orders[begun]
		said = fmt.Sprintf("order %d, of %s to the same address, has another transaction, %s: was that replaced?", o.ID, sats(o.Amount), o.TxID)
	}
	return said
}

// explainSent finds the transactions without an order that have one now: an operator
// booked it. What became of the transaction is that order's from then on.
func (l *look) explainSent(ctx context.Context) error {
	for _, c := range l.clearing {
		if c.Reason != freeze.Spent {
			continue
		}
		o, err := paymentorder.ByTx(ctx, l.q, c.Ref)
		if err != nil {
			return err
		}
		if o != nil && o.State != paymentorder.Failed {
			l.explained = append(l.explained, c)
		}
	}
	return nil
}
