// Package db opens the database, runs transactions and upgrades the schema.
// It knows no nouns: SQL lives beside the noun that it is about.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"sync"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq"  // driver "postgres"
	_ "modernc.org/sqlite" // driver "sqlite"
)

// Dialect is the engine behind a DB.
type Dialect uint8

const (
	SQLite Dialect = iota
	Postgres
)

func (d Dialect) String() string { return [...]string{"sqlite", "postgres"}[d] }

// Config says where the database is.
type Config struct {
	Driver         string // "sqlite" or "postgres"
	File           string // of SQLite
	DSN            string // of PostgreSQL, in any form lib/pq takes
	MaxConnections int    // to PostgreSQL, 0 for 16
}

// DB is an open database. Everything written goes through Tx: a plain Exec
// whose answer is lost would be run again by the driver without a word.
type DB struct {
	Dialect Dialect
	file    string
	w       *sqlx.DB
	r       *sqlx.DB
	hot     sync.Map // query -> *sqlx.Stmt
}

// Open connects and checks that what is committed will survive a crash.
func Open(ctx context.Context, c Config) (*DB, error) {
	var d *DB
	var err error
	switch c.Driver {
	case "sqlite":
		d, err = openSQLite(c)
	case "postgres":
		d, err = openPostgres(c)
	default:
		return nil, fmt.Errorf("db: unknown driver %q", c.Driver)
	}
	if err != nil {
		return nil, err
	}
	if err := d.durable(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func openSQLite(c Config) (*DB, error) {
	path, err := filepath.Abs(c.File)
	if err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	q := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"recursive_triggers(1)", "busy_timeout(10000)"}}
	reads := (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
	q.Set("_txlock", "immediate") // take the write lock at BEGIN: no upgrade can deadlock
	w, err := sqlx.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("db: open %s: %w", path, err)
	}
	r, err := sqlx.Open("sqlite", reads)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("db: open %s: %w", path, err), w.Close())
	}
	w.SetMaxOpenConns(1) // SQLite has one writer; waiting here is cheaper than SQLITE_BUSY
	r.SetMaxOpenConns(4)
	r.SetMaxIdleConns(4)
	return &DB{Dialect: SQLite, file: path, w: w, r: r}, nil
}

func openPostgres(c Config) (*DB, error) {
	p, err := sqlx.Open("postgres", c.DSN)
	if err != nil {
		// The text of a DSN error may hold the password.
		return nil, errors.New("db: the PostgreSQL DSN cannot be read")
	}
	n := c.MaxConnections
	if n == 0 {
		n = 16
	}
	p.SetMaxOpenConns(n)
	p.SetMaxIdleConns(n)
	return &DB{Dialect: Postgres, w: p, r: p}, nil
}

// durable refuses settings under which an acknowledged commit can be lost.
func (d *DB) durable(ctx context.Context) error {
	facts := map[string]string{"fsync": "on", "synchronous_commit": "on", "transaction_read_only": "off"}
	ask := "SHOW "
	if d.Dialect == SQLite {
		facts = map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "recursive_triggers": "1"}
		ask = "PRAGMA "
	}
	for name, want := range facts {
		var got string
		if err := d.w.GetContext(ctx, &got, ask+name); err != nil {
			return fmt.Errorf("db: %s: %w", name, err)
		}
		if got != want {
			return fmt.Errorf("db: %s is %q and must be %q, or committed money could be lost", name, got, want)
		}
	}
	return nil
}

// Read is for queries outside a transaction; it cannot write.
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
	if s, err := r.d.prepared(ctx, q); err == nil {
		return s.QueryRowxContext(ctx, args...)
	}
	return r.d.r.QueryRowxContext(ctx, q, args...)
}

// prepared keeps one statement a query; there are a few dozen queries in all.
func (d *DB) prepared(ctx context.Context, q string) (*sqlx.Stmt, error) {
	if s, ok := d.hot.Load(q); ok {
		return s.(*sqlx.Stmt), nil
	}
	s, err := d.r.PreparexContext(ctx, q)
	if err != nil {
		return nil, err
	}
	if old, loaded := d.hot.LoadOrStore(q, s); loaded {
		return old.(*sqlx.Stmt), s.Close()
	}
	return s, nil
}

// Close ends all connections.
func (d *DB) Close() error {
	if d.r == d.w {
		return d.w.Close()
	}
	return errors.Join(d.r.Close(), d.w.Close())
}
