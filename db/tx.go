package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// Tx is an open transaction; every write is in one. Its statements are kept
// prepared for the transactions after it.
type Tx struct {
	session
	Dialect Dialect
	d       *DB
	wire    *wire       // PostgreSQL's
	cold    []string    // ran without being prepared
	stale   bool        // ran a prepared one that does not fit the schema any more
	failed  error       // of a statement: nothing more is run
	over    atomic.Bool // its turn: who shares the transaction after it is somebody else (SQLite)
}

// session runs statements one by one, as they come.
type session interface {
	sqlx.QueryerContext
	sqlx.ExecerContext
	Rebind(query string) string
}

// ErrUnknown means that the answer to a COMMIT was lost: the transaction
// happened or did not. Who asks must look for its key before saying anything.
var ErrUnknown = errors.New("db: the outcome of the commit is unknown")

// tries bounds the repeats of one transaction that lost a race.
const tries = 8

// Tx runs fn in one transaction and commits. A transaction that lost a race
// (serialisation failure, deadlock, busy) is run again as a whole, so fn must
// have no effect outside the transaction.
func (d *DB) Tx(ctx context.Context, fn func(*Tx) error) error {
	for n := 1; ; n++ {
		err := d.once(ctx, fn)
		if err == nil || n == tries || !lostRace(err) && !errors.Is(err, errStale) && !errors.Is(err, errUndone) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(n)*2*time.Millisecond + rand.N(10*time.Millisecond)):
		}
	}
}

func (d *DB) once(ctx context.Context, fn func(*Tx) error) error {
	if d.Dialect == SQLite {
		return d.sharing.do(ctx, fn)
	}
	return d.onWire(ctx, fn)
}

// end keeps a connection from being used again.
func end(conn *sqlx.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
}

// lostRace reports that the engine undid the transaction because of another one.
func lostRace(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "40001" || e.Code == "40P01"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == lib.SQLITE_BUSY
	}
	return false
}

// IsUnique reports that err is a broken UNIQUE or PRIMARY KEY constraint.
func IsUnique(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "23505"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == lib.SQLITE_CONSTRAINT_UNIQUE || e.Code() == lib.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return false
}

// Violates reports that err is the broken CHECK constraint of that name.
func Violates(err error, constraint string) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "23514" && e.ConstraintName == constraint
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok { // its text is the only place of the name
		return e.Code() == lib.SQLITE_CONSTRAINT_CHECK && strings.Contains(e.Error(), "CHECK constraint failed: "+constraint+" ")
	}
	return false
}

// SkipLocked is the clause by which a claim passes over rows that another
// instance is claiming. SQLite has one writer and needs none.
func (t *Tx) SkipLocked() string {
	if t.Dialect == Postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// Locked is the clause by which a query keeps others from the rows of one table
// that it reads.
func (t *Tx) Locked(table string) string {
	if t.Dialect == Postgres {
		return " FOR NO KEY UPDATE OF " + table
	}
	return ""
}

// One runs a statement that must change exactly one row, and reports whether
// it did: no row means that somebody was faster or that it is not there.
func (t *Tx) One(ctx context.Context, query string, args ...any) (bool, error) {
	err := t.Run(ctx, Statement{Query: query, Args: args, Then: ChangedOne(errNone)})
	if errors.Is(err, errNone) {
		return false, nil
	}
	return err == nil, err
}

// errNone is of a statement that changed nothing.
var errNone = errors.New("db: no row was changed")
