// Package db opens the database, runs transactions and upgrades the schema.
// It knows no nouns: SQL lives beside the noun that it is about.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
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
	MaxConnections int    // to PostgreSQL together, at least 2, 0 for 16; a quarter of them only reads
}

// DB is an open database. Everything written goes through Tx: a plain Exec
// whose answer is lost would be run again by the driver without a word.
type DB struct {
	Dialect    Dialect
	migrations fs.FS
	file       string
	reopen     func() (*sqlx.DB, error) // other connections that only read
	w          *sqlx.DB
	r          *sqlx.DB
	sharing    *group           // of w, SQLite's
	wrote      statements       // of w
	read       statements       // of r
	clock      func() time.Time // nil: the database's own
	watch      func(query string)
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

// byIndex makes PostgreSQL go by the index wherever there is one. It plans a
// statement once for a connection, often while the tables are still short, and
// would read them from end to end ever after. And of two transactions that move
// the same two balances, both come to the lower number first. The compiler is
// for long questions, and thinks that a scan which cannot be helped is one.
// A plan for the arguments at hand goes by the same index as one for all, and where it
// thinks that it is better it is made again each time, for longer than it takes to run.
// Nor does it know how few rows a LIMIT leaves, and would call helpers, which take longer
// to come than the rows.
var byIndex = map[string]string{"enable_seqscan": "off", "enable_bitmapscan": "off", "jit": "off", "plan_cache_mode": "force_generic_plan",
	"max_parallel_workers_per_gather": "0"}

// isolation is what all that is locked and then read counts on: each statement
// sees what was committed before it. Under another one, which a server or a role
// may have as its default, who waited for a lock would read what was before.
const isolation = "read committed"

// lockTimeout is for how long a statement waits for a row that somebody else
// has, unless the DSN says otherwise. Those who wait hold a connection each: a
// row that many want must not keep all of them from everybody.
const lockTimeout = "10s"

// idleTimeout is for how long a transaction may stand between two of its statements,
// unless the DSN says otherwise; then the server undoes it. A gateway whose machine
// fell asleep in one holds what others wait for: it has to be shorter than lockTimeout,
// for who waits is to have it. No node is asked in a transaction.
const idleTimeout = "5s"

// connectTimeout is for how long a server may say nothing to who connects, unless the DSN
// says otherwise. The driver does not hear of a context there, and would wait for ever.
const connectTimeout = 10 * time.Second

// settings are those of a DSN, and ours.
func settings(dsn string) (pq.Config, error) {
	cfg, err := pq.NewConfig(dsn)
	if err != nil || dsn == "" {
		// The text of a DSN error may hold the password.
		return cfg, errors.New("db: the PostgreSQL DSN cannot be read")
	}
	cfg = cfg.Clone() // a copy has its map
	maps.Copy(cfg.Runtime, byIndex)
	cfg.Runtime["default_transaction_isolation"] = isolation
	for name, value := range map[string]string{"lock_timeout": lockTimeout, "idle_in_transaction_session_timeout": idleTimeout} {
		if cfg.Runtime[name] == "" {
			cfg.Runtime[name] = value
		}
	}
	if cfg.ConnectTimeout <= 0 {
		cfg.ConnectTimeout = connectTimeout
	}
	return cfg, nil
}

func openPostgres(c Config) (*DB, error) {
	cfg, err := settings(c.DSN)
	if err != nil {
		return nil, err
	}
	n := c.MaxConnections
	if n == 0 {
		n = 16
	}
	if n < 2 {
		return nil, fmt.Errorf("db: %d connections are too few: one writes and one reads", n)
	}
	readers := max(n/4, 1)
	w, err := pool(cfg, n-readers)
	if err != nil {
		return nil, err
	}
	cfg = cfg.Clone()
	cfg.Runtime["default_transaction_read_only"] = "on"
	r, err := pool(cfg, readers)
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	reopen := func() (*sqlx.DB, error) { return pool(cfg, 1) }
	return &DB{Dialect: Postgres, reopen: reopen, w: w, r: r}, nil
}

// pool keeps n connections.
func pool(c pq.Config, n int) (*sqlx.DB, error) {
	made, err := pq.NewConnectorConfig(c)
	if err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	p := sqlx.NewDb(sql.OpenDB(made), "postgres")
	p.SetMaxOpenConns(n)
	p.SetMaxIdleConns(n)
	return p, nil
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
