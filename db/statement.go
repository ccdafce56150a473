package db

import (
	"context"
	"fmt"
	"reflect"
)

// Statement is one statement of a transaction, and what becomes of its answer. Who makes
// one says what is to be done, and who has the transaction when it is sent.
type Statement struct {
	Query string
	Args  []any
	// Into is what the answer is read into: a pointer to a struct or a value, for one row
	// (sql.ErrNoRows without it), or to a slice, for all; nil if nothing is read.
	Into any
	// Then judges the answer: how many rows it changed, if nothing was read, or why it failed.
	// Nil takes it as it is. It may run more than once, as the function given to DB.Tx.
	Then func(changed int64, err error) error
}

// Run runs statements in their order, on PostgreSQL in one journey to the database: what
// one of them answers is in none of the others. The error is that of the first that fails.
// If others came behind it, the transaction can not go on.
func (t *Tx) Run(ctx context.Context, all ...Statement) error {
	if t.Dialect == Postgres {
		return t.send(ctx, all...)
	}
	for _, s := range all {
		if err := t.runOne(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// Later runs a statement from whose answer nothing is decided but whether all goes on. On
// PostgreSQL it is sent with what is asked next, in front of it (by a Run of nothing, too), or
// before the COMMIT. If it fails, the transaction is undone, and DB.Tx says why.
func (t *Tx) Later(ctx context.Context, s Statement) error {
	if t.Dialect == Postgres {
		t.wire.queued = append(t.wire.queued, s)
		return nil
	}
	return t.runOne(ctx, s)
}

// runOne runs a statement on SQLite, where there is no journey.
func (t *Tx) runOne(ctx context.Context, s Statement) (err error) {
	var n int64
	switch {
	case s.Into == nil:
		r, e := t.ExecContext(ctx, s.Query, s.Args...)
		if err = e; err == nil {
			n, err = r.RowsAffected()
		}
	case takesAll(reflect.TypeOf(s.Into).Elem()):
		err = t.SelectContext(ctx, s.Into, s.Query, s.Args...)
	default:
		err = t.GetContext(ctx, s.Into, s.Query, s.Args...)
	}
	return s.judge(n, err)
}

// takesAll reports whether a value takes all rows, and not the first one.
func takesAll(into reflect.Type) bool {
	return into.Kind() == reflect.Slice && into.Elem().Kind() != reflect.Uint8
}

func (s Statement) judge(changed int64, err error) error {
	if s.Then != nil {
		return s.Then(changed, err)
	}
	return err
}

// ChangedOne is a Then for what must change exactly one row; none is the error of who was
// too slow, or of what is not there.
func ChangedOne(none error) func(int64, error) error {
	return func(changed int64, err error) error {
		switch {
		case err != nil:
			return err
		case changed > 1:
			return fmt.Errorf("db: %d rows changed where one was meant", changed)
		case changed == 0:
			return none
		}
		return nil
	}
}
