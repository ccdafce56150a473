package db

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"
)

// Read is for queries outside a transaction. The engine refuses any that
// writes: its answer could be lost, and the driver would run it again.
func (d *DB) Read() sqlx.QueryerContext { return reader{d} }

// reader runs hot queries prepared, the others as they come.
type reader struct{ d *DB }

func (r reader) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if s, err := r.d.prepared(ctx, q); err == nil {
		return s.QueryContext(ctx, args...)
	}
	return r.d.r.QueryContext(ctx, q, args...)
}

func (r reader) QueryxContext(ctx context.Context, q string, args ...any) (*sqlx.Rows, error) {
	if s, err := r.d.prepared(ctx, q); err == nil {
		return s.QueryxContext(ctx, args...)
	}
	return r.d.r.QueryxContext(ctx, q, args...)
}

func (r reader) QueryRowxContext(ctx context.Context, q string, args ...any) *sqlx.Row {
	if r.d.Dialect == SQLite && ctx.Err() == nil {
		// A row is found in microseconds. To watch over the context of such
		// a query takes two goroutines and as long again.
		ctx = context.WithoutCancel(ctx)
	}
	if s, err := r.d.prepared(ctx, q); err == nil {
		return s.QueryRowxContext(ctx, args...)
	}
	return r.d.r.QueryRowxContext(ctx, q, args...)
}

// prepared keeps one statement a query; there are a few dozen queries in all.
func (d *DB) prepared(ctx context.Context, q string) (*sqlx.Stmt, error) {
	if s, ok := d.read.Load(q); ok {
		return s.(*sqlx.Stmt), nil
	}
	s, err := d.r.PreparexContext(ctx, q)
	if err != nil {
		return nil, err
	}
	if old, loaded := d.read.LoadOrStore(q, s); loaded {
		return old.(*sqlx.Stmt), s.Close()
	}
	return s, nil
}
