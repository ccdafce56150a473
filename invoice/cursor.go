package invoice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// receipts begins the names of the cursors; the life of a node follows. In each life a
// node counts its receipts from 1.
const receipts = "receipts:"

// Cursor is the settle index up to which the receipts of a life of a node are booked; 0
// from the start.
func Cursor(ctx context.Context, q sqlx.QueryerContext, life string) (uint64, error) {
	var v string
	err := sqlx.GetContext(ctx, q, &v, `SELECT value FROM node_cursor WHERE name = $1`, receipts+life)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("invoice: cursor: %w", err)
	}
	return strconv.ParseUint(v, 10, 63)
}

// MoveCursor is called in the transaction that booked the receipt of that
// index in this life of the node. It never goes back: two gateways hear the same receipts.
func MoveCursor(ctx context.Context, tx *db.Tx, life string, index uint64, now int64) error {
	_, err := tx.ExecContext(ctx, `
INSERT INTO node_cursor (name, value, at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at
WHERE CAST(node_cursor.value AS BIGINT) < CAST(excluded.value AS BIGINT)`, receipts+life, strconv.FormatUint(index, 10), now)
	if err != nil {
		return fmt.Errorf("invoice: cursor: %w", err)
	}
	return nil
}
