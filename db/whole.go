package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// ErrDamaged means that an SQLite file does not fit together. Most often somebody
// copied over it while a gateway had it open: the gateway's newest commits are in
// another file, and are of the database that was there before.
var ErrDamaged = errors.New("the file of the database is damaged, or was copied over while a gateway ran")

// Whole reads an SQLite file from end to end and fails with ErrDamaged if it does not
// fit together. It takes time with the length of the file, and keeps nobody from
// writing. PostgreSQL looks after its files itself.
func (d *DB) Whole(ctx context.Context) error {
	if d.Dialect != SQLite {
		return nil
	}
	var first string
	err := sqlx.GetContext(ctx, d.Read(), &first, `PRAGMA integrity_check(1)`)
	switch {
	case IsDamaged(err):
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	case err != nil:
		return fmt.Errorf("db: look through the file: %w", err)
	case first != "ok":
		return fmt.Errorf("%w (%s)", ErrDamaged, first)
	}
	return nil
}

// Anew asks as somebody does who opens an SQLite file now. Who has had it open goes on with
// what they remember, and does not notice that others are in its place. PostgreSQL is not
// asked.
func (d *DB) Anew(ask func(q sqlx.QueryerContext) error) error {
	if d.Dialect != SQLite {
		return nil
	}
	p, err := d.reopen()
	if err != nil {
		return err
	}
	p.SetMaxOpenConns(1)
	err = errors.Join(ask(p), p.Close())
	if IsDamaged(err) && !errors.Is(err, ErrDamaged) {
		err = fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return err
}

// IsDamaged reports that err is SQLite's word for a file that does not fit together, or
// ErrDamaged.
func IsDamaged(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		code := e.Code() & 0xff
		return code == lib.SQLITE_CORRUPT || code == lib.SQLITE_NOTADB
	}
	return errors.Is(err, ErrDamaged)
}
