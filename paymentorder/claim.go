package paymentorder

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
)

// whose are the orders that a worker for one kind looks at. Inside, all is
// done when the code comes.
var whose = map[Kind]string{
	OnChain:   "payment_hash IS NULL",
	Lightning: "payment_hash IS NOT NULL",
}

// In whose hand an order is (column taken).
const (
	free   = 0
	inHand = 1
	silent = 2 // whoever had it let the lease run out, and may still be in a call to the node
)

// mayCall is of orders whose holder may be in the middle of a call that pays.
// What is stored for the chain is one transaction, whoever sends it.
const mayCall = "payment_hash IS NOT NULL AND to_user IS NULL AND state IN ('sending', 'in_flight', 'stuck')"

// Claim takes the next order that a worker has to look at and keeps others off
// it for lease seconds, by the clock of the database; nil if there is none.
// Whoever had it before has no say any more. An order whose holder may still
// be in a call that pays is left alone for one more lease first: a call lasts
// less than that.
func Claim(ctx context.Context, tx *db.Tx, of Kind, lease int64) (*Order, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return nil, err
	}
	for {
		var rows []struct {
			ID    ID
			Taken int
		}
		err := tx.SelectContext(ctx, &rows, `
UPDATE payment_order
SET due = $1, claim = claim + 1, tries = tries + 1, taken = CASE WHEN taken = 1 AND `+mayCall+` THEN 2 ELSE 1 END
WHERE id = (
    SELECT id FROM payment_order
    WHERE `+underWay+` AND `+ofAll+` AND due <= $2 AND `+whose[of]+`
    ORDER BY due, id
    LIMIT 1`+tx.SkipLocked()+`
)
RETURNING id, taken`, now+lease, now)
		switch {
		case err != nil:
			return nil, fmt.Errorf("paymentorder: claim: %w", err)
		case len(rows) == 0:
			return nil, nil
		case rows[0].Taken == inHand:
			return ByID(ctx, tx, rows[0].ID)
		}
	}
}

// Take takes one order in hand for lease seconds, due or not, for an operator;
// a Conflict if a gateway has it in hand, or had it that long ago.
func Take(ctx context.Context, tx *db.Tx, id ID, lease int64) (*Order, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return nil, err
	}
	ok, err := tx.One(ctx, `UPDATE payment_order SET due = $2, claim = claim + 1, taken = 1 WHERE id = $1 AND (taken = 0 OR due <= $3)`,
		id, now+lease, now-lease)
	if err != nil {
		return nil, fmt.Errorf("paymentorder: take: %w", err)
	}
	o, err := ByID(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if o.operator = ok; !ok {
		return nil, tooLate(o, "take")
	}
	return o, nil
}

// Again reads an order inside tx, as it is now: a transaction that is run a
// second time starts from what is there. It is a Conflict if somebody else took
// it in hand since.
func (o *Order) Again(ctx context.Context, tx *db.Tx) error {
	fresh, err := ByID(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	if fresh.Claim != o.Claim {
		return tooLate(fresh, "claim")
	}
	fresh.operator = o.operator
	*o = *fresh
	return nil
}

// Reread is Again for what is true whoever has the order in hand: a proof.
func (o *Order) Reread(ctx context.Context, tx *db.Tx) error {
	fresh, err := ByID(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	*o = *fresh
	return nil
}

func tooLate(o *Order, event Event) error {
	return ErrTooLate.With(fault.Args{"state": string(o.State), "event": string(event)})
}

// handAfter is in whose hand an order is after an event (column taken). Whoever moves
// an order lets it go, but for one who begins to pay an invoice: they call the node
// next, and nobody else may meanwhile.
func (o *Order) handAfter(e Event) int {
	if e == Store && o.Lightning() {
		return inHand
	}
	return free
}

// Due reports whether there is an order that Claim may take. It reads only:
// most often there is none, and writers wait for each other.
func Due(ctx context.Context, q sqlx.QueryerContext, of Kind, now int64) (bool, error) {
	var ids []ID
	err := sqlx.SelectContext(ctx, q, &ids, `
SELECT id FROM payment_order
WHERE `+underWay+` AND `+ofAll+` AND due <= $1 AND `+whose[of]+`
LIMIT 1`, now)
	if err != nil {
		return false, fmt.Errorf("paymentorder: due: %w", err)
	}
	return len(ids) > 0, nil
}
