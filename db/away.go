package db

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"io/fs"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// IsAway reports that err is about the way to the database, or that it stops,
// starts or is full, and not about what was asked of it. Of a COMMIT it says
// nothing: that is ErrUnknown.
func IsAway(err error) bool {
	if errors.Is(err, ErrUnknown) {
		return false
	}
	for _, gone := range []error{driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF} {
		if errors.Is(err, gone) {
			return true
		}
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok { // the file, before SQLite has it
		return true
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch e.Code {
		case "55P03", // waited for somebody else's lock for as long as is allowed
			"25P03": // stood in a transaction for longer than is allowed
			return true
		}
		switch e.Code[:2] {
		case "08", "53", "57": // connection, resources, operator intervention
			return true
		}
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff {
		case lib.SQLITE_BUSY, lib.SQLITE_FULL, lib.SQLITE_IOERR, lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY:
			return true // the file: locked, no room, a bad disk, out of reach
		}
	}
	return false
}
