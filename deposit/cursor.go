package deposit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Cursor says how far the chain was read; "" from the start.
func Cursor(ctx context.Context, q sqlx.QueryerContext) (string, error) {
	var v string
	err := sqlx.GetContext(ctx, q, &v, `SELECT value FROM chain_cursor WHERE name = 'deposits'`)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("deposit: cursor: %w", err)
	}
	return v, nil
}

// MoveCursor is called in the transaction that booked what was read.
func MoveCursor(ctx context.Context, tx *db.Tx, value string, now int64) error {
	_, err := tx.ExecContext(ctx, `
INSERT INTO chain_cursor (name, value, at) VALUES ('deposits', $1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at`, value, now)
	if err != nil {
		return fmt.Errorf("deposit: cursor: %w", err)
	}
	return nil
}
