package db

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
)

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
func settings(dsn string) (*pgx.ConnConfig, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil || dsn == "" {
		// The text of a DSN error may hold the password.
		return nil, errors.New("db: the PostgreSQL DSN cannot be read")
	}
	maps.Copy(cfg.RuntimeParams, byIndex)
	cfg.RuntimeParams["default_transaction_isolation"] = isolation
	for name, value := range map[string]string{"lock_timeout": lockTimeout, "idle_in_transaction_session_timeout": idleTimeout} {
		if cfg.RuntimeParams[name] == "" {
			cfg.RuntimeParams[name] = value
		}
	}
	if cfg.ConnectTimeout <= 0 {
		cfg.ConnectTimeout = connectTimeout
	}
	cfg.StatementCacheCapacity = most - 1 // one more is prepared before one is dropped
	if !strings.Contains(dsn, "sslmode") && os.Getenv("PGSSLMODE") == "" {
		encrypted(cfg)
	}
	return cfg, nil
}

// encrypted leaves out what the driver tries when a server does not encrypt: nobody who
// did not say so sends a password and everybody's balance in the open.
func encrypted(cfg *pgx.ConnConfig) {
	if cfg.TLSConfig != nil { // it is nil on a socket of this machine
		cfg.Fallbacks = slices.DeleteFunc(cfg.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.TLSConfig == nil })
	}
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
	readOnly := cfg.Copy()
	readOnly.RuntimeParams["default_transaction_read_only"] = "on"
	reopen := func() (*sqlx.DB, error) { return pool(readOnly, 1), nil }
	return &DB{Dialect: Postgres, reopen: reopen, w: pool(cfg, n-readers), r: pool(readOnly, readers)}, nil
}

// pool keeps n connections. Each of them keeps its statements prepared.
func pool(c *pgx.ConnConfig, n int) *sqlx.DB {
	p := sqlx.NewDb(stdlib.OpenDB(*c, stdlib.OptionBeforeConnect(leaveCommits)), "postgres")
	p.SetMaxOpenConns(n)
	p.SetMaxIdleConns(n)
	return p
}

// leaveCommits keeps the driver from breaking a COMMIT off. Where it loses an answer, it asks the
// server by another connection to stop what it is at. A COMMIT that waits for a standby would
// stop waiting, and be seen by all before it is safe.
func leaveCommits(_ context.Context, c *pgx.ConnConfig) error {
	committing, dial := &atomic.Bool{}, c.DialFunc
	c.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		if committing.Load() {
			return nil, errCommitting
		}
		return dial(ctx, network, address)
	}
	c.AfterConnect = func(_ context.Context, p *pgconn.PgConn) error {
		p.CustomData()[flag] = committing
		return nil
	}
	return nil
}

// flag is under which a connection keeps whether it is at a COMMIT.
const flag = "committing"

var errCommitting = errors.New("db: a commit is not broken off")
