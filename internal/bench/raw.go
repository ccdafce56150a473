package main

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
)

// engine is a database without bitcoim, with the settings that bitcoim needs.
type engine struct {
	driver, dsn string
	connections int
	create      string
}

func rawSQLite(path string) engine {
	q := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "recursive_triggers(1)", "busy_timeout(10000)"}, "_txlock": {"immediate"}}
	dsn := (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
	return engine{"sqlite", dsn, 1, `CREATE TABLE raw (id INTEGER PRIMARY KEY, amt INTEGER NOT NULL) STRICT`}
}

func rawPostgres(dsn string) engine {
	return engine{"pgx", dsn, 16, `CREATE TABLE raw (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amt BIGINT NOT NULL)`}
}

// rawDB inserts single rows, prepared, each in a durable transaction of its
// own: the least that an engine can do for somebody who wants to keep something.
type rawDB struct {
	*sql.DB
	one *sql.Stmt
}

func (e engine) open(ctx context.Context) (*rawDB, error) {
	d, err := sql.Open(e.driver, e.dsn)
	if err != nil {
		return nil, err
	}
	d.SetMaxOpenConns(e.connections)
	d.SetMaxIdleConns(e.connections)
	r := &rawDB{DB: d}
	if _, err := d.ExecContext(ctx, e.create); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if r.one, err = d.PrepareContext(ctx, `INSERT INTO raw (amt) VALUES ($1)`); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return r, nil
}

func (r *rawDB) insert(ctx context.Context, n int64) error {
	tx, err := r.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, r.one).ExecContext(ctx, n); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
