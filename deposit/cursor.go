package deposit

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/cursor"
	"github.com/bitcoim/bitcoim/db"
)

const (
	// read begins the names of the cursors; the key by which a wallet is known follows.
	// What came to a wallet while another one was read is found when it is back.
	read = "deposits:"
	// turns is the cursor that counts the bookings.
	turns = "turn"
)

// Cursor says how far a wallet was read; "" from the start.
func Cursor(ctx context.Context, q sqlx.QueryerContext, wallet string) (string, error) {
	v, _, err := cursor.Find(ctx, q, read+wallet)
	return v, err
}

// MoveCursor is called in the transaction that booked what was read.
func MoveCursor(ctx context.Context, tx *db.Tx, wallet, value string, now int64) error {
	return cursor.Set(ctx, tx, read+wallet, value, now)
}

// Turn counts the bookings that were made so far, on all gateways.
func Turn(ctx context.Context, q sqlx.QueryerContext) (int64, error) {
	return cursor.Count(ctx, q, turns)
}

// TakeTurn begins the booking of what was read from the chain at a turn; false
// if somebody else booked since. Then what was read may be older than what is
// written, and a coin that is not yet there would look like one that left.
func TakeTurn(ctx context.Context, tx *db.Tx, turn, now int64) (bool, error) {
	return cursor.Take(ctx, tx, turns, turn, now)
}
