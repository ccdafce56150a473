package db

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// errStale is of a transaction that ran a statement which was prepared before
// somebody changed the schema. The statement is forgotten; the transaction is
// undone and can run again.
var errStale = errors.New("db: a prepared statement does not fit the schema any more")

// stale reports that a prepared statement has to be prepared again: the type of
// what it returns has changed ("cached plan must not change result type"). Other
// changes PostgreSQL, and SQLite all of them, take into account by themselves.
func stale(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "0A000" && e.Routine == "RevalidateCachedQuery"
}
