package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"modernc.org/sqlite"
)

// A statement that a transaction ran is prepared when that transaction is over,
// never inside it: the pool may have no connection left. From then on each
// connection parses it once.

// prepare keeps statements for later transactions.
func (d *DB) prepare(ctx context.Context, queries []string) {
	for _, q := range queries {
		if d.wrote.full() {
			return
		}
		s, err := d.w.PreparexContext(ctx, q)
		if err != nil && !refused(err) {
			return // the connection was lost, or the caller is gone; another time
		}
		d.wrote.keep(q, s)
	}
}

// refused reports that the engine does not prepare such a statement.
func refused(err error) bool {
	if _, ok := errors.AsType[*pq.Error](err); ok {
		return true
	}
	_, ok := errors.AsType[*sqlite.Error](err)
	return ok
}

// hot is the prepared statement of a query, nil if there is none.
func (t *Tx) hot(ctx context.Context, query string) *sqlx.Stmt {
	s, met := t.d.wrote.find(query)
	switch {
	case s != nil:
		return t.StmtxContext(ctx, s)
	case !met && !t.d.wrote.full() && len(t.cold) < most && !slices.Contains(t.cold, query):
		t.cold = append(t.cold, query)
	}
	return nil
}

// fits passes an error on. If it is about a statement that does not fit the
// schema any more, the transaction is over, and is run again without it.
func (t *Tx) fits(query string, err error) error {
	if stale(err) {
		t.stale = true
		if s, _ := t.d.wrote.find(query); s != nil {
			t.d.wrote.forget(query, s)
		}
	}
	return err
}

// ExecContext runs a statement that returns no rows.
func (t *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s := t.hot(ctx, query); s != nil {
		r, err := s.ExecContext(ctx, args...)
		return r, t.fits(query, err)
	}
	return t.Tx.ExecContext(ctx, query, args...)
}

// QueryContext runs a query.
func (t *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := t.hot(ctx, query); s != nil {
		rows, err := s.QueryContext(ctx, args...)
		return rows, t.fits(query, err)
	}
	return t.Tx.QueryContext(ctx, query, args...)
}

// QueryxContext runs a query for structs.
func (t *Tx) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	if s := t.hot(ctx, query); s != nil {
		rows, err := s.QueryxContext(ctx, args...)
		return rows, t.fits(query, err)
	}
	return t.Tx.QueryxContext(ctx, query, args...)
}

// QueryRowxContext runs a query for one row.
func (t *Tx) QueryRowxContext(ctx context.Context, query string, args ...any) *sqlx.Row {
	if s := t.hot(ctx, query); s != nil {
		row := s.QueryRowxContext(ctx, args...)
		_ = t.fits(query, row.Err())
		return row
	}
	return t.Tx.QueryRowxContext(ctx, query, args...)
}

// GetContext reads one row.
func (t *Tx) GetContext(ctx context.Context, to any, query string, args ...any) error {
	return sqlx.GetContext(ctx, t, to, query, args...)
}

// SelectContext reads all rows.
func (t *Tx) SelectContext(ctx context.Context, to any, query string, args ...any) error {
	return sqlx.SelectContext(ctx, t, to, query, args...)
}
