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

// Cursor is the settle index up to which receipts are booked; 0 from the start.
func Cursor(ctx context.Context, q sqlx.QueryerContext) (uint64, error) {
	var v string
	err := sqlx.GetContext(ctx, q, &v, `SELECT value FROM node_cursor WHERE name = 'receipts'`)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("invoice: cursor: %w", err)
	}
	return strconv.ParseUint(v, 10, 63)
}

// MoveCursor is called in the transaction that booked the receipt of that
// index. It never goes back: two gateways hear the same receipts.
func MoveCursor(ctx context.Context, tx *db.Tx, index uint64, now int64) error {
	_, err := tx.ExecContext(ctx, `
INSERT INTO node_cursor (name, value, at) VALUES ('receipts', $1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at
WHERE CAST(node_cursor.value AS BIGINT) < CAST(excluded.value AS BIGINT)`, strconv.FormatUint(index, 10), now)
	if err != nil {
		return fmt.Errorf("invoice: cursor: %w", err)
	}
	return nil
}
