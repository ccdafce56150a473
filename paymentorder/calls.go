package paymentorder

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/db"
)

// A node makes a payment that has failed again if it is called again. So a failure is
// the end of an order only if no call is left that may reach the node yet: who began
// one may be asleep, for as long as its machine is, and nobody can take it back.

// Call writes down that the node is about to be called once more to pay, by who has
// the order in hand. Begin writes down the first call.
func (o *Order) Call(ctx context.Context, tx *db.Tx) error {
	ok, err := tx.One(ctx, `UPDATE payment_order SET calls = calls + 1 WHERE id = $1 AND state = $2 AND claim = $3`, o.ID, string(o.State), o.Claim)
	if err != nil {
		return fmt.Errorf("paymentorder: call: %w", err)
	}
	if !ok {
		return tooLate(o, Broadcast)
	}
	o.Calls++
	return nil
}

// Return writes down that a call has ended, or was not made after all. It is true
// whoever has the order in hand by now.
func (o *Order) Return(ctx context.Context, tx *db.Tx) error {
	ok, err := tx.One(ctx, `UPDATE payment_order SET answered = answered + 1 WHERE id = $1 AND answered < calls`, o.ID)
	if err != nil {
		return fmt.Errorf("paymentorder: call: %w", err)
	}
	if ok {
		o.Answered++
	}
	return nil
}

// Called reports whether a call may reach the node yet after a payment of the order
// has failed there. That of an only call is its own end.
func (o *Order) Called() bool { return o.Calls > 1 && o.Answered < o.Calls }
