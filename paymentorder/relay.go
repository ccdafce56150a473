package paymentorder

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Relay is what the Bitcoin network showed of a payment. It proves nothing to
// the books: only the own node's word about a block does.
type Relay struct {
	Order  ID     `db:"order_id"`
	Report string // JSON of all the evidence, to go on with after a restart
	Given  int    // nodes that took it from us
	Seen   int    // other nodes that announced it
	Told   bool   // the payer knows that it is relayed
}

// Relayed is what is known of an order's transaction; nil if nothing is.
func (o *Order) Relayed(ctx context.Context, q sqlx.QueryerContext) (*Relay, error) {
	var r Relay
	err := sqlx.GetContext(ctx, q, &r, `SELECT order_id, report, given, seen, told FROM relay WHERE order_id = $1`, o.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("paymentorder: relay: %w", err)
	}
	return &r, nil
}

// SaveRelay writes down what is known. Another gateway may know as much; what
// was told stays told.
func (o *Order) SaveRelay(ctx context.Context, tx *db.Tx, r Relay, now int64) error {
	_, err := tx.ExecContext(ctx, `
INSERT INTO relay (order_id, report, given, seen, updated) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (order_id) DO UPDATE SET report = excluded.report, given = excluded.given, seen = excluded.seen, updated = excluded.updated`,
		o.ID, r.Report, r.Given, r.Seen, now)
	if err != nil {
		return fmt.Errorf("paymentorder: relay: %w", err)
	}
	return nil
}

// TellRelay reports that the payer has not been told yet, and makes it so.
func (o *Order) TellRelay(ctx context.Context, tx *db.Tx) (bool, error) {
	return tx.One(ctx, `UPDATE relay SET told = 1 WHERE order_id = $1 AND told = 0`, o.ID)
}

// LookNow has the workers look at once at every payment that waits for a
// block: one was announced. What somebody has in hand is being looked at.
func LookNow(ctx context.Context, tx *db.Tx, now int64) error {
	_, err := tx.ExecContext(ctx, `
UPDATE payment_order SET due = $1
WHERE `+underWay+` AND `+ofAll+` AND state IN ('in_flight', 'confirming') AND to_address IS NOT NULL AND taken = 0 AND due > $1`, now)
	if err != nil {
		return fmt.Errorf("paymentorder: look: %w", err)
	}
	return nil
}
