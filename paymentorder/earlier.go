package paymentorder

import (
	"fmt"

	"github.com/bitcoim/bitcoim/amount"
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
	return freeze.Cause{Ref: o.Hash.String, Reason: freeze.Earlier,
		What: fmt.Sprintf("the node %s a payment of %s sat %s When it is made: bitcoim order book %d",
			does, amount.Format(made.Amount, amount.InSat, " ", "."), which, o.ID)}
}
