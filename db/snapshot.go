package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// Snapshot has fn read what was committed at one moment, however long that takes and
// whatever is committed meanwhile. It keeps nobody from writing: it takes no lock that a
// writer waits for, and a connection of its own, so that nobody waits for one either.
// No node is asked in fn, nor anything else that takes its time between two queries.
func (d *DB) Snapshot(ctx context.Context, fn func(q sqlx.QueryerContext) error) (err error) {
	p, err := d.reopen()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	p.SetMaxOpenConns(1)
	var opts *sql.TxOptions // SQLite has no other isolation, and its readers refuse to write
	if d.Dialect == Postgres {
		opts = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	tx, err := p.BeginTxx(ctx, opts)
	if err != nil {
		return fmt.Errorf("db: snapshot: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	return fn(tx)
}
