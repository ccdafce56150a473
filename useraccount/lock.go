package useraccount

import (
	"context"
	"fmt"
	"slices"

	"github.com/bitcoim/bitcoim/db"
)

// Lock keeps everybody else from deciding anything about a user until tx ends,
// and returns the user as they are then, with the database's time in Now. A
// transaction that decides about a person (may they pay, are they suspended, how
// many orders do they have) begins with it. The order of locks is the same
// everywhere, or two transactions wait for each other: the row of a connection,
// the rows of users, accounts, orders.
func Lock(ctx context.Context, tx *db.Tx, id int64) (*User, error) {
	u, _, err := LockBoth(ctx, tx, id, id)
	return u, err
}

// LockBoth is Lock for the two sides of a payment, which may be one user.
func LockBoth(ctx context.Context, tx *db.Tx, one, other int64) (*User, *User, error) {
	now, err := lock(ctx, tx, one, other)
	if err != nil {
		return nil, nil, err
	}
	var all []User
	if err := tx.SelectContext(ctx, &all, columns+`WHERE u.id IN ($1, $2)`, one, other); err != nil {
		return nil, nil, fmt.Errorf("useraccount: %w", err)
	}
	var u, v *User
	for i := range all {
		all[i].Now, all[i].locked = now, tx
		if all[i].ID == one {
			u = &all[i]
		}
		if all[i].ID == other {
			v = &all[i]
		}
	}
	if u == nil || v == nil {
		return nil, nil, ErrUnknown
	}
	return u, v, nil
}

// Locked are the users as Lock gave them in this transaction, or gives them now,
// both at once. The other may be nil, and stays nil.
func Locked(ctx context.Context, tx *db.Tx, u, other *User) (*User, *User, error) {
	switch {
	case u.locked == tx && (other == nil || other.locked == tx):
		return u, other, nil
	case other == nil:
		u, err := Lock(ctx, tx, u.ID)
		return u, nil, err
	}
	return LockBoth(ctx, tx, u.ID, other.ID)
}

// LockAll keeps others from deciding about several users, for a transaction that
// then locks one after the other. Which they are may be read without a lock.
func LockAll(ctx context.Context, tx *db.Tx, ids ...int64) error {
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if _, err := lock(ctx, tx, id, id); err != nil {
			return err
		}
	}
	return nil
}

// lock locks rows in the order of their ids, and says what time it is when it
// has them. PostgreSQL reads what it joins to a locked row as it was before it
// waited for the lock, so the user is read by a statement of its own afterwards.
// Rows that only refer to a user are not kept waiting. SQLite has one writer and
// locks nothing.
func lock(ctx context.Context, tx *db.Tx, one, other int64) (now int64, err error) {
	if tx.Dialect == db.Postgres {
		const q = `SELECT id FROM user_account WHERE id IN ($1, $2) ORDER BY id FOR NO KEY UPDATE`
		return tx.NowAfter(ctx, q, one, other)
	}
	return tx.Now(ctx)
}
