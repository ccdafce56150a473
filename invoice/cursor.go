package invoice

import (
	"context"
	"strconv"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/cursor"
	"github.com/bitcoim/bitcoim/db"
)

// receipts begins the names of the cursors; the life of a node follows. In each life a
// node counts its receipts from 1.
const receipts = "receipts:"

// Cursor is the settle index up to which the receipts of a life of a node are booked; 0
// from the start.
func Cursor(ctx context.Context, q sqlx.QueryerContext, life string) (uint64, error) {
	v, ok, err := cursor.Find(ctx, q, receipts+life)
	if err != nil || !ok {
		return 0, err
	}
	return strconv.ParseUint(v, 10, 63)
}

// MoveCursor is called in the transaction that booked the receipt of that
// index in this life of the node. It never goes back: two gateways hear the same receipts.
func MoveCursor(ctx context.Context, tx *db.Tx, life string, index uint64, now int64) error {
	return cursor.Raise(ctx, tx, receipts+life, index, now)
}
