package deposit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Cursor says how far the chain was read; "" from the start.
func Cursor(ctx context.Context, q sqlx.QueryerContext) (string, error) {
	var v string
	err := sqlx.GetContext(ctx, q, &v, `SELECT value FROM node_cursor WHERE name = 'deposits'`)
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
INSERT INTO node_cursor (name, value, at) VALUES ('deposits', $1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at`, value, now)
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

// MarkKeys is where the audit keeps the keys of the wallet that it looked at,
// between blanks.
const MarkKeys = "look.keys"

// SameWallet reports whether an answer of chain.Node.Keys is of the wallet that
// was looked at before. The first one is: there was none before it.
func SameWallet(ctx context.Context, q sqlx.QueryerContext, keys []string) (bool, error) {
	var was string
	err := sqlx.GetContext(ctx, q, &was, `SELECT value FROM node_cursor WHERE name = $1`, MarkKeys)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("deposit: keys of the wallet: %w", err)
	}
	return slices.ContainsFunc(strings.Fields(was), func(k string) bool { return slices.Contains(keys, k) }), nil
}
