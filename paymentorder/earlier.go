package paymentorder

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/lightning"
)

// Books that were restored from an old copy do not know that they paid an invoice. Its
// order is confirmed again, and the node has made the payment before the order began.
// No gateway knows whether that was this order or somebody beside the books, so an
// operator books it.

// Other reports whether a payment that the node made, or may yet make, is not the one
// that the order began: the node began it before, or it is of another amount.
func (o *Order) Other(made lightning.Outcome) bool {
	return made.State == lightning.InFlight && o.Follows(made) || made.State == lightning.Succeeded && !o.Proves(made)
}

// Earlier is why such a payment stops payments.
func (o *Order) Earlier(made lightning.Outcome) freeze.Cause {
	does, which := "made", fmt.Sprintf("before the books began order %d: are they an older copy?", o.ID)
	if made.State == lightning.InFlight {
		does = "is making"
	}
	if made.Amount != o.Amount {
		which = fmt.Sprintf("and order %d on the books is of %s sat.", o.ID, amount.Format(o.Amount, amount.InSat, " ", "."))
	}
	return freeze.Cause{Ref: o.Hash.String, Reason: freeze.Earlier, Node: o.Node,
		What: fmt.Sprintf("the node %s a payment of %s sat %s %s", does, amount.Format(made.Amount, amount.InSat, " ", "."), which, o.booking(made))}
}

// booking is how an operator books such a payment. Where the node does not say yet what
// is needed for that, `release` does when it is made.
func (o *Order) booking(made lightning.Outcome) string {
	if made.State != lightning.Succeeded {
		return fmt.Sprintf("When it is made, this shows the line that books it: bitcoim order release %d REASON", o.ID)
	}
	return "Book it: " + o.BookingLine(made)
}

// BookingLine is what an operator says who books what the node made as this order. The
// node's word is not enough for another amount: what it cost is the operator's word then,
// and that the difference is settled.
func (o *Order) BookingLine(made lightning.Outcome) string {
	flags, preimage := "", "PREIMAGE"
	if made.Amount != o.Amount {
		flags = fmt.Sprintf("-i-have-checked -fee-msat %d ", made.Fee)
	}
	if made.Preimage != (lightning.Preimage{}) {
		preimage = made.Preimage.Hex()
	}
	return fmt.Sprintf("bitcoim order book %s%d %s REASON", flags, o.ID, preimage)
}

// Adopt writes down that an order which by the books never began had begun at a Lightning
// node, of that public key. An operator has it in hand, and books next what that node
// made: nothing is asked of it.
func (o *Order) Adopt(ctx context.Context, tx *db.Tx, node string, now int64) error {
	if !o.operator {
		return tooLate(o, Store)
	}
	err := o.move(ctx, tx, Store, `, node = $4, begun = $5`, node, now)
	if err == nil {
		o.Node, o.Begun = node, sql.NullInt64{Int64: now, Valid: true}
	}
	return err
}

// AdoptSent writes down that an order to an address which by the books never began was
// sent, by which transaction and by which wallet. An operator has it in hand. It begins no
// payment: that has left, whatever stops others.
func (o *Order) AdoptSent(ctx context.Context, tx *db.Tx, node string, sent chain.Prepared, now int64) error {
	if !o.operator {
		return tooLate(o, Store)
	}
	o.Node = node
	return o.store(ctx, tx, sent, now)
}
