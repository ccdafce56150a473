package paymentorder

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Begin writes down that the invoice is about to be paid, before the node
// hears of it: from here on only the node's word about the hash ends the order.
// It stays in the hand of who begins. Attempt is what the node knew before, and
// Node which it is: another one can not say what becomes of the order.
func (o *Order) Begin(ctx context.Context, tx *db.Tx, due, now int64) error {
	err := o.move(ctx, tx, Store, `, due = $4, attempt = $5, node = $6, begun = $7, calls = 1`, due, int64(o.Attempt), o.Node, now)
	if err == nil {
		o.Begun, o.Calls = sql.NullInt64{Int64: now, Valid: true}, 1
	}
	return err
}

// Counts reports whether a failed payment is one of this order's: the node
// began it after the order did. An attempt without a number counts if it was
// made just now, or if the node knew of none before.
func (o *Order) Counts(failed lightning.Outcome, justNow bool) bool {
	return o.Attempt == 0 || failed.Attempt > o.Attempt || failed.Attempt == 0 && justNow
}

// Proves reports whether a payment that was made is this order's: it is of the
// amount that was ordered, and the node did not begin it before the order did.
// A proof of another one says nothing about this order.
func (o *Order) Proves(made lightning.Outcome) bool {
	return made.State == lightning.Succeeded && made.Amount == o.Amount && !o.Follows(made)
}

// Follows reports whether the node began a payment before the order did.
func (o *Order) Follows(other lightning.Outcome) bool {
	return o.Attempt > 0 && other.Attempt > 0 && other.Attempt <= o.Attempt
}

// Proved books a payment whose preimage is known: amount and fee leave over
// Lightning, and what was set aside for a higher fee goes back to the payer. If an
// operator has the order in hand (Take), it is written down that it is booked by hand,
// and a payment that the node began before the order did is the order's from here on:
// the operator says so.
func (o *Order) Proved(ctx context.Context, tx *db.Tx, u *useraccount.User, out lightning.Outcome, now int64) error {
	if o.operator && o.Follows(out) {
		o.Attempt = out.Attempt - 1
	}
	if !o.Proves(out) || out.Fee > o.FeeLimit || out.Fee < 0 {
		return fmt.Errorf("paymentorder: %d is not proved: state %d, attempt %d after %d, %d of %d msat, fee %d of at most %d",
			o.ID, out.State, out.Attempt, o.Attempt, out.Amount, o.Amount, out.Fee, o.FeeLimit)
	}
	preimage := hex.EncodeToString(out.Preimage[:])
	err := o.move(ctx, tx, Prove, `, ended = $4, fee = $5, preimage = $6, settled = 1, by_hand = $7, attempt = $8`,
		now, int64(out.Fee), preimage, number(o.operator), int64(o.Attempt))
	if err != nil {
		return err
	}
	o.ByHand = o.operator
	o.Fee, o.Preimage = sql.NullInt64{Int64: int64(out.Fee), Valid: true}, sql.NullString{String: preimage, Valid: true}
	outside, err := ledger.System(ctx, tx, "lightning")
	if err != nil {
		return err
	}
	if _, err := ledger.Lock(ctx, tx, u.Money, u.Held, outside); err != nil {
		return err
	}
	err = ledger.Post(ctx, tx, ledger.Transfer{Ref: o.Ref(), Step: "settle:1", Debit: u.Held, Credit: outside, Amount: o.Amount + out.Fee, At: now})
	if err != nil || out.Fee == o.FeeLimit {
		return err
	}
	return ledger.Post(ctx, tx, ledger.Transfer{Ref: o.Ref(), Step: "rest", Debit: u.Held, Credit: u.Money, Amount: o.FeeLimit - out.Fee, At: now})
}

// Bounced gives the money back: the node says of this hash that it failed, or
// that it never began and never will. The reason is a phrase key.
func (o *Order) Bounced(ctx context.Context, tx *db.Tx, u *useraccount.User, reason string, now int64) error {
	if err := o.move(ctx, tx, Bounce, `, ended = $4, reason = $5`, now, reason); err != nil {
		return err
	}
	return ledger.Post(ctx, tx, ledger.Transfer{Ref: o.Ref(), Step: "release", Debit: u.Held, Credit: u.Money, Amount: o.Total(), At: now})
}

// PaidInside books a neighbour's invoice that nobody outside can pay any more:
// the money moves in the ledger. It returns the number of the payee's line.
func (o *Order) PaidInside(ctx context.Context, tx *db.Tx, from, to *useraccount.User, preimage string, now int64) (int64, error) {
	if _, err := ledger.Lock(ctx, tx, from.Money, from.Held, to.Money); err != nil {
		return 0, err
	}
	if err := o.move(ctx, tx, Paid, `, ended = $4, fee = 0, preimage = $5, settled = 1`, now, preimage); err != nil {
		return 0, err
	}
	err := ledger.Post(ctx, tx, ledger.Transfer{Ref: o.Ref(), Step: "pay", Debit: from.Held, Credit: to.Money, Amount: o.Amount, At: now})
	if err != nil {
		return 0, err
	}
	if o.FeeLimit > 0 {
		err := ledger.Post(ctx, tx, ledger.Transfer{Ref: o.Ref(), Step: "rest", Debit: from.Held, Credit: from.Money, Amount: o.FeeLimit, At: now})
		if err != nil {
			return 0, err
		}
	}
	// The payee reads the words of the invoice: what the payer notes for
	// himself does not travel over Lightning either.
	var memo string
	err = tx.GetContext(ctx, &memo, `SELECT CASE WHEN sender = '' THEN memo ELSE sender END FROM invoice WHERE hash = $1`, o.Hash.String)
	if err != nil {
		return 0, fmt.Errorf("paymentorder: invoice of %d: %w", o.ID, err)
	}
	return statement.Add(ctx, tx, statement.Line{User: int64(to.ID), At: now, Incoming: true, Amount: o.Amount, Peer: statement.ByLightning, Memo: memo,
		Order: sql.NullInt64{Int64: int64(o.ID), Valid: true}, Invoice: o.Hash})
}

// mayPayInvoice keeps one invoice from being paid by two orders, a neighbour's
// from being paid when it was taken back, and one user from filling the channels
// with payments that do not end.
func (l Limits) mayPayInvoice(ctx context.Context, tx *db.Tx, u *useraccount.User, o *Order, now int64) error {
	var other int
	err := tx.GetContext(ctx, &other, `
SELECT COUNT(*) FROM payment_order
WHERE payment_hash = $1 AND id <> $2 AND state NOT IN ('new', 'failed', 'cancelled', 'expired')`, o.Hash.String, o.ID)
	if err != nil {
		return fmt.Errorf("paymentorder: %w", err)
	}
	if other > 0 {
		return ErrInvoiceTaken
	}
	var over int
	err = tx.GetContext(ctx, &over, `SELECT COUNT(*) FROM invoice WHERE hash = $1 AND state = 'open' AND expires <= $2`, o.Hash.String, now)
	if err != nil {
		return fmt.Errorf("paymentorder: %w", err)
	}
	if over > 0 {
		return ErrInvoiceExpired
	}
	n, err := Flying(ctx, tx, u.ID)
	if err != nil {
		return err
	}
	if l.InFlight > 0 && n >= l.InFlight {
		return ErrInFlight.With(fault.Args{"n": int64(n)})
	}
	if o.Internal() {
		return nil
	}
	return l.Flight.mayFly(ctx, tx, u, o)
}

// Flying counts a user's Lightning payments that have not ended: orders with an invoice,
// of which none is ever confirming. It is not asked for their hashes, by which PostgreSQL
// would rather go through all that were ever paid.
func Flying(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID) (int, error) {
	var n int
	err := sqlx.GetContext(ctx, q, &n, `
SELECT COUNT(*) FROM payment_order
WHERE user_id = $1 AND invoice <> '' AND `+underWay, user)
	if err != nil {
		return 0, fmt.Errorf("paymentorder: %w", err)
	}
	return n, nil
}

// Paying finds the order that pays or paid an invoice, by its hash in
// hexadecimal; nil if there is none.
func Paying(ctx context.Context, q sqlx.QueryerContext, hash string) (*Order, error) {
	all, err := list(ctx, q, `WHERE o.payment_hash = $1 AND o.state NOT IN ('new', 'failed', 'cancelled', 'expired')`, hash)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// Invoices lists every order over Lightning that was begun, for the audit.
func Invoices(ctx context.Context, q sqlx.QueryerContext) ([]Order, error) {
	return list(ctx, q, `WHERE o.payment_hash IS NOT NULL AND o.to_user IS NULL AND o.confirmed IS NOT NULL ORDER BY o.id`)
}

// Fees is what is set aside for the fee of a Lightning payment.
type Fees struct {
	PerMillion int64       // of the amount
	Least      amount.Msat // for small payments, whose fee is a base fee
}

// Limit is the most that a payment of m may cost, in msat, rounded up.
func (f Fees) Limit(m amount.Msat) amount.Msat {
	part := int64(m)/1_000_000*f.PerMillion + (int64(m)%1_000_000*f.PerMillion+999_999)/1_000_000
	return max(amount.Msat(part), f.Least)
}

// All is the most that can be paid out of a balance, its fee limit with it.
func (f Fees) All(balance amount.Msat) amount.Msat {
	low, high := amount.Msat(0), max(balance, 0)
	for low < high { // Limit grows with the amount
		half := low + (high-low+1)/2
		if half+f.Limit(half) <= balance {
			low = half
		} else {
			high = half - 1
		}
	}
	return low
}
