package db

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"
)

// Read is for queries outside a transaction. The engine refuses any that
// writes: its answer could be lost, and the driver would run it again.
func (d *DB) Read() sqlx.QueryerContext { return reader{d} }

// reader runs hot queries prepared, the others as they come. On PostgreSQL the driver
// prepares them.
type reader struct{ d *DB }

func (r reader) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if s := r.d.prepared(ctx, q); s != nil {
		rows, err := s.QueryContext(ctx, args...)
		if !stale(err) {
			return rows, err
		}
		r.d.read.forget(q, s)
	}
	rows, err := r.d.r.QueryContext(ctx, q, args...)
	if stale(err) { // PostgreSQL's driver has forgotten it
		return r.d.r.QueryContext(ctx, q, args...)
	}
	return rows, err
}

func (r reader) QueryxContext(ctx context.Context, q string, args ...any) (*sqlx.Rows, error) {
	if s := r.d.prepared(ctx, q); s != nil {
		rows, err := s.QueryxContext(ctx, args...)
		if !stale(err) {
			return rows, err
		}
		r.d.read.forget(q, s)
	}
	rows, err := r.d.r.QueryxContext(ctx, q, args...)
	if stale(err) {
		return r.d.r.QueryxContext(ctx, q, args...)
	}
	return rows, err
}

func (r reader) QueryRowxContext(ctx context.Context, q string, args ...any) *sqlx.Row {
	if r.d.Dialect == SQLite && ctx.Err() == nil {
		// A row is found in microseconds. To watch over the context of such
		// a query takes two goroutines and as long again.
		ctx = context.WithoutCancel(ctx)
	}
	if s := r.d.prepared(ctx, q); s != nil {
		row := s.QueryRowxContext(ctx, args...)
		if !stale(row.Err()) {
			return row
		}
		r.d.read.forget(q, s)
	}
	row := r.d.r.QueryRowxContext(ctx, q, args...)
	if stale(row.Err()) {
		return r.d.r.QueryRowxContext(ctx, q, args...)
	}
	return row
}

// prepared is the statement of a query, prepared now if it was not, nil if it
// cannot be or there are enough of them.
func (d *DB) prepared(ctx context.Context, q string) *sqlx.Stmt {
	d.watched(Statement{Query: q})
	if d.Dialect == Postgres { // whose driver does it by itself
		return nil
	}
	if s, met := d.read.find(q); met || d.read.full() {
		return s
	}
	s, err := d.r.PreparexContext(ctx, q)
	if err != nil {
		return nil
	}
	return d.read.keep(q, s)
}
