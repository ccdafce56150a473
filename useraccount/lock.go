package useraccount

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Lock keeps everybody else from deciding anything about a user until tx ends,
// and returns the user as they are then. A transaction that decides about a
// person (may they pay, are they suspended, how many orders do they have)
// begins with it. The order of locks is the same everywhere, or two
// transactions wait for each other: the row of a connection, the rows of
// users, accounts, orders.
func Lock(ctx context.Context, tx *db.Tx, id int64) (*User, error) {
	if err := lock(ctx, tx, id); err != nil {
		return nil, err
	}
	return ByID(ctx, tx, id)
}

// LockBoth is Lock for the two sides of a payment, which may be one user.
func LockBoth(ctx context.Context, tx *db.Tx, one, other int64) (*User, *User, error) {
	if err := lock(ctx, tx, one, other); err != nil {
		return nil, nil, err
	}
	u, err := ByID(ctx, tx, one)
	if err != nil {
		return nil, nil, err
	}
	v, err := ByID(ctx, tx, other)
	return u, v, err
}

// lock locks rows in the order of their ids. PostgreSQL reads what it joins to
// a locked row as it was before it waited for the lock, so the user is read by
// a statement of its own afterwards. Rows that only refer to a user are not kept
// waiting. SQLite has one writer and locks nothing.
func lock(ctx context.Context, tx *db.Tx, ids ...int64) error {
	if tx.Dialect != db.Postgres {
		return nil
	}
	q, args, err := sqlx.In(`SELECT id FROM user_account WHERE id IN (?) ORDER BY id FOR NO KEY UPDATE`, ids)
	if err != nil {
		return err
	}
	var locked []int64
	return tx.SelectContext(ctx, &locked, tx.Rebind(q), args...)
}
