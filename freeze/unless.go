package freeze

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Stopped reports whether payments to the outside are stopped: whether there is any cause.
func Stopped(ctx context.Context, q sqlx.QueryerContext) (bool, error) {
	all, err := Causes(ctx, q)
	return len(all) > 0, err
}

// BooksWrong reports whether the books themselves do not add up. That stops payments
// among neighbours, too, and nothing else does: no node decides about those.
func BooksWrong(ctx context.Context, q sqlx.QueryerContext) (bool, error) {
	all, err := Causes(ctx, q)
	return slices.ContainsFunc(all, Cause.isBooks), err
}

// ErrStopped undoes the transaction of whoever asked Unless and was told yes: payments are
// stopped, or what else was asked is so.
var ErrStopped = errors.New("freeze: payments are stopped, or what this depends on is not so")

// Unless is ErrStopped, which undoes the transaction, if the answer is yes: Stopped,
// BooksWrong, or what the caller asks besides. Whoever begins a payment or believes a
// node asks it last: nobody can stop payments between the answer and the commit.
func Unless(ctx context.Context, tx *db.Tx, ask func(context.Context, sqlx.QueryerContext) (bool, error)) error {
	if yes, err := Ask(ctx, tx, ask); err != nil || yes {
		return cmp.Or(err, ErrStopped)
	}
	return nil
}

// Ask is the answer, which stays as it is until the transaction ends. It is for who does
// something else on a yes, and undoes nothing. Whose rows are changed after it are locked
// before it: who stops payments may hold them, and waits.
func Ask(ctx context.Context, tx *db.Tx, ask func(context.Context, sqlx.QueryerContext) (bool, error)) (bool, error) {
	if err := hold(ctx, tx); err != nil {
		return false, err
	}
	return ask(ctx, tx)
}

// hold lets nobody stop payments, or end what stops them, until the transaction ends. So
// whoever stops payments finds all payments that began before, and none begins after. Who
// stops payments does not call it: two transactions that hold, and then both write, would
// wait for each other. SQLite has one writer at a time in any case.
func hold(ctx context.Context, tx *db.Tx) error {
	if tx.Dialect != db.Postgres {
		return nil
	}
	return tx.Later(ctx, db.Statement{Query: `LOCK TABLE frozen IN SHARE MODE`, Then: named})
}

// UnlessBooksWrong is Unless of BooksWrong, for who asks nothing else of the answer: wrong
// undoes the transaction. It is asked together with what comes next.
func UnlessBooksWrong(ctx context.Context, tx *db.Tx, wrong error) error {
	if err := hold(ctx, tx); err != nil {
		return err
	}
	var all []Cause
	return tx.Later(ctx, db.Statement{Query: causes, Into: &all, Then: func(_ int64, err error) error {
		if err == nil && slices.ContainsFunc(all, Cause.isBooks) {
			return wrong
		}
		return named(0, err)
	}})
}

// named says whose error it is.
func named(_ int64, err error) error {
	if err != nil {
		err = fmt.Errorf("freeze: %w", err)
	}
	return err
}
