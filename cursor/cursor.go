// Package cursor keeps how far the nodes were read, and which nodes were looked at, by
// name. It is the one place that writes these down; what a name stands for, the packages
// know that read the nodes.
package cursor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Find is the value of a cursor, and false if it was never set.
func Find(ctx context.Context, q sqlx.QueryerContext, name string) (value string, ok bool, err error) {
	err = sqlx.GetContext(ctx, q, &value, `SELECT value FROM node_cursor WHERE name = $1`, name)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", false, nil
	case err != nil:
		return "", false, fmt.Errorf("cursor: %s: %w", name, err)
	}
	return value, true, nil
}

// set is how a cursor is written, whatever it was before.
const set = `
INSERT INTO node_cursor (name, value, at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at`

// Set moves a cursor, whatever it was, at a time in seconds since 1970: in the
// transaction that booked what was read.
func Set(ctx context.Context, tx *db.Tx, name, value string, now int64) error {
	if _, err := tx.ExecContext(ctx, set, name, value, now); err != nil {
		return fmt.Errorf("cursor: %s: %w", name, err)
	}
	return nil
}

// Raise moves a cursor that is a number, and never back: two gateways read the same node.
func Raise(ctx context.Context, tx *db.Tx, name string, to uint64, now int64) error {
	_, err := tx.ExecContext(ctx, set+`
WHERE CAST(node_cursor.value AS BIGINT) < CAST(excluded.value AS BIGINT)`, name, strconv.FormatUint(to, 10), now)
	if err != nil {
		return fmt.Errorf("cursor: %s: %w", name, err)
	}
	return nil
}

// Swap moves a cursor that is what it was, or was never set; false if somebody else has
// moved it since.
func Swap(ctx context.Context, tx *db.Tx, name, was, value string, now int64) (bool, error) {
	ok, err := tx.One(ctx, set+` WHERE node_cursor.value = $4`, name, value, now, was)
	if err != nil {
		return false, fmt.Errorf("cursor: %s: %w", name, err)
	}
	return ok, nil
}

// At is when a cursor was moved last, in seconds since 1970; 0 if it was never set.
func At(ctx context.Context, q sqlx.QueryerContext, name string) (at int64, err error) {
	if err := sqlx.GetContext(ctx, q, &at, `SELECT COALESCE(MAX(at), 0) FROM node_cursor WHERE name = $1`, name); err != nil {
		return 0, fmt.Errorf("cursor: %s: %w", name, err)
	}
	return at, nil
}
