package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
)

// On SQLite a statement that a transaction ran is prepared when that transaction is over,
// never inside it: the pool has no connection left. From then on the connection
// parses it no more. The driver of PostgreSQL does the same by itself.

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
	_, ok := errors.AsType[*sqlite.Error](err)
	return ok
}

// hot is the prepared statement of a query, nil if there is none.
func (t *Tx) hot(ctx context.Context, query string) *sqlx.Stmt {
	t.d.watched(Statement{Query: query})
	if t.Dialect == Postgres {
		return nil
	}
	s, met := t.d.wrote.find(query)
	switch {
	case s != nil:
		return t.session.(*sqlx.Tx).StmtxContext(ctx, s)
	case !met && !t.d.wrote.full() && len(t.cold) < most && !slices.Contains(t.cold, query):
		t.cold = append(t.cold, query)
	}
	return nil
}

// ready is the context that a statement runs in. On SQLite it does not end: a statement
// that is broken off there undoes the whole transaction, which others share, and to watch
// over it takes two goroutines and longer than most statements. Who is gone is asked before.
// On PostgreSQL what waits is sent.
func (t *Tx) ready(ctx context.Context) (context.Context, error) {
	switch {
	case t.Dialect == Postgres:
		bound, _ := t.wire.within(ctx) // until the transaction ends: its rows are read when this has returned
		return bound, t.flush(bound)
	case t.over.Load():
		return ctx, sql.ErrTxDone
	case t.failed != nil:
		return ctx, t.failed
	case ctx.Err() != nil:
		return ctx, ctx.Err()
	}
	return context.WithoutCancel(ctx), nil
}

// fits passes an error on. If it is about a statement that does not fit the
// schema any more, the transaction is over, and is run again without it. After
// an error SQLite may have undone the whole transaction, and would write what
// comes next outside of it, so nothing does: on PostgreSQL nothing can.
func (t *Tx) fits(query string, err error) error {
	if err != nil && t.Dialect == SQLite && t.failed == nil {
		t.failed = fmt.Errorf("db: after a statement that failed: %w", err)
	}
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
	if t.Dialect == Postgres {
		return t.execute(ctx, query, args...)
	}
	ctx, err := t.ready(ctx)
	if err != nil {
		return nil, err
	}
	if s := t.hot(ctx, query); s != nil {
		r, err := s.ExecContext(ctx, args...)
		return r, t.fits(query, err)
	}
	r, err := t.session.ExecContext(ctx, query, args...)
	return r, t.fits(query, err)
}

// QueryContext runs a query.
func (t *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx, err := t.ready(ctx)
	if err != nil {
		return nil, err
	}
	if s := t.hot(ctx, query); s != nil {
		rows, err := s.QueryContext(ctx, args...)
		return rows, t.fits(query, err)
	}
	rows, err := t.session.QueryContext(ctx, query, args...)
	return rows, t.fits(query, err)
}

// QueryxContext runs a query for structs.
func (t *Tx) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	ctx, err := t.ready(ctx)
	if err != nil {
		return nil, err
	}
	if s := t.hot(ctx, query); s != nil {
		rows, err := s.QueryxContext(ctx, args...)
		return rows, t.fits(query, err)
	}
	rows, err := t.session.QueryxContext(ctx, query, args...)
	return rows, t.fits(query, err)
}

// QueryRowxContext runs a query for one row.
func (t *Tx) QueryRowxContext(ctx context.Context, query string, args ...any) *sqlx.Row {
	ctx, err := t.ready(ctx)
	if err != nil { // a row cannot be made with an error: it says that its context is over
		gone, cancel := context.WithCancel(ctx)
		cancel()
		return t.session.QueryRowxContext(gone, query, args...)
	}
	if s := t.hot(ctx, query); s != nil {
		row := s.QueryRowxContext(ctx, args...)
		_ = t.fits(query, row.Err())
		return row
	}
	row := t.session.QueryRowxContext(ctx, query, args...)
	_ = t.fits(query, row.Err())
	return row
}

// GetContext reads one row.
func (t *Tx) GetContext(ctx context.Context, to any, query string, args ...any) error {
	if t.Dialect == Postgres {
		return t.send(ctx, Statement{Query: query, Args: args, Into: to})
	}
	err := sqlx.GetContext(ctx, t, to, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return t.fits(query, err)
}

// SelectContext reads all rows.
func (t *Tx) SelectContext(ctx context.Context, to any, query string, args ...any) error {
	if t.Dialect == Postgres {
		return t.send(ctx, Statement{Query: query, Args: args, Into: to})
	}
	return t.fits(query, sqlx.SelectContext(ctx, t, to, query, args...))
}

// execute runs a statement on PostgreSQL. One without arguments may be many, as those of a
// migration are, and is not prepared.
func (t *Tx) execute(ctx context.Context, query string, args ...any) (driver.RowsAffected, error) {
	if len(args) == 0 {
		n, err := t.plain(ctx, query)
		return driver.RowsAffected(n), t.fits(query, err)
	}
	var n int64
	err := t.send(ctx, Statement{Query: query, Args: args, Then: func(changed int64, err error) error {
		n = changed
		return err
	}})
	return driver.RowsAffected(n), err
}

// bare runs statements that are not worth being prepared.
func (t *Tx) bare(ctx context.Context, query string) error {
	if t.Dialect == Postgres {
		_, err := t.plain(ctx, query)
		return err
	}
	_, err := t.session.ExecContext(ctx, query)
	return err
}
