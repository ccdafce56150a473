// Package db opens the database, runs transactions and upgrades the schema.
// It knows no nouns: SQL lives beside the noun that it is about.
package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
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
	DSN            string // of PostgreSQL, as a URL or in words, as libpq takes it
	MaxConnections int    // to PostgreSQL together, at least 2, 0 for 16; a quarter of them only reads
}

// DB is an open database. Everything written goes through Tx: a plain Exec
// whose answer is lost may be run again by a driver without a word.
type DB struct {
	Dialect    Dialect
	migrations fs.FS
	file       string
	reopen     func() (*sqlx.DB, error) // other connections that only read
	w          *sqlx.DB
	r          *sqlx.DB
	sharing    *group           // of w, SQLite's
	wrote      statements       // of w, SQLite's
	read       statements       // of r, SQLite's
	clock      func() time.Time // nil: the database's own
	watch      func(queries ...string)
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
	d.migrations = files
	// Two programs that make one new SQLite file meet at its journal mode, for
	// which SQLite does not wait.
	for try := time.Duration(1); ; try++ {
		err := d.durable(ctx)
		if err == nil {
			return d, nil
		}
		if try > 50 || !lostRace(err) || ctx.Err() != nil {
			return nil, errors.Join(err, d.Close())
		}
		time.Sleep(try * time.Millisecond)
	}
}

func openSQLite(c Config) (*DB, error) {
	path, err := filepath.Abs(c.File)
	if err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	if err := ownOnly(path); err != nil {
		return nil, err
	}
	pragmas := []string{"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "recursive_triggers(1)", "busy_timeout(10000)"}
	open := func(q url.Values) (*sqlx.DB, error) {
		p, err := sqlx.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String())
		if err != nil {
			return nil, fmt.Errorf("db: open %s: %w", path, err)
		}
		return p, nil
	}
	// The write lock is taken at BEGIN: no upgrade of a lock can deadlock.
	w, err := open(url.Values{"_pragma": pragmas, "_txlock": {"immediate"}})
	if err != nil {
		return nil, err
	}
	reopen := func() (*sqlx.DB, error) { return open(url.Values{"_pragma": append(pragmas, "query_only(1)")}) }
	r, err := reopen()
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	w.SetMaxOpenConns(1) // SQLite has one writer; waiting here is cheaper than SQLITE_BUSY
	r.SetMaxOpenConns(4)
	r.SetMaxIdleConns(4)
	d := &DB{Dialect: SQLite, file: path, reopen: reopen, w: w, r: r}
	d.sharing = &group{d: d, time: shareTime}
	return d, nil
}

var (
	durableSQLite = map[string][]string{"PRAGMA journal_mode": {"wal"}, "PRAGMA synchronous": {"2"},
		"PRAGMA foreign_keys": {"1"}, "PRAGMA recursive_triggers": {"1"}}
	durablePostgres = map[string][]string{"SHOW fsync": {"on"}, "SHOW synchronous_commit": {"on", "remote_apply"},
		"SHOW transaction_read_only": {"off"}, "SHOW transaction_isolation": {isolation}}
)

// durable refuses settings under which an acknowledged commit can be lost, or
// happen twice.
func (d *DB) durable(ctx context.Context) error {
	facts := durableSQLite
	if d.Dialect == Postgres {
		facts = durablePostgres
	}
	if err := d.w.PingContext(ctx); err != nil {
		return fmt.Errorf("db: open: %w", err)
	}
	for ask, want := range facts {
		var got string
		if err := d.w.GetContext(ctx, &got, ask); err != nil {
			return fmt.Errorf("db: %s: %w", ask, err)
		}
		if !slices.Contains(want, got) {
			return fmt.Errorf("db: %s says %q and must say %q, or committed money could be lost", ask, got, want[0])
		}
	}
	if d.Dialect == Postgres {
		return d.sorted(ctx)
	}
	return nil
}

// Close ends all connections.
func (d *DB) Close() error {
	return errors.Join(d.r.Close(), d.w.Close())
}
