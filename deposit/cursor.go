package deposit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// read begins the names of the cursors; the key by which a wallet is known follows.
// What came to a wallet while another one was read is found when it is back.
const read = "deposits:"

// Cursor says how far a wallet was read; "" from the start.
func Cursor(ctx context.Context, q sqlx.QueryerContext, wallet string) (string, error) {
	var v string
	err := sqlx.GetContext(ctx, q, &v, `SELECT value FROM node_cursor WHERE name = $1`, read+wallet)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("deposit: cursor: %w", err)
	}
	return v, nil
}

// MoveCursor is called in the transaction that booked what was read.
func MoveCursor(ctx context.Context, tx *db.Tx, wallet, value string, now int64) error {
	_, err := tx.ExecContext(ctx, `
INSERT INTO node_cursor (name, value, at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at`, read+wallet, value, now)
	if err != nil {
		return fmt.Errorf("deposit: cursor: %w", err)
	}
	return nil
}

// Turn counts the bookings that were made so far, on all gateways.
func Turn(ctx context.Context, q sqlx.QueryerContext) (int64, error) {
	var turn int64
	err := sqlx.GetContext(ctx, q, &turn, `SELECT CAST(value AS BIGINT) FROM node_cursor WHERE name = 'turn'`)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("deposit: turn: %w", err)
	}
	return turn, nil
}

// TakeTurn begins the booking of what was read from the chain at a turn; false
// if somebody else booked since. Then what was read may be older than what is
// written, and a coin that is not yet there would look like one that left.
func TakeTurn(ctx context.Context, tx *db.Tx, turn, now int64) (bool, error) {
	ok, err := tx.One(ctx, `
INSERT INTO node_cursor (name, value, at) VALUES ('turn', $1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at
WHERE node_cursor.value = $3`, strconv.FormatInt(turn+1, 10), now, strconv.FormatInt(turn, 10))
	if err != nil {
		return false, fmt.Errorf("deposit: turn: %w", err)
	}
	return ok, nil
}
