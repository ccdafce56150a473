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
// everywhere, or two transactions wait for each other: the row of an app
// (app.Lock), the rows of users, accounts, orders.
func Lock(ctx context.Context, tx *db.Tx, id ID) (*User, error) {
	u, _, err := LockBoth(ctx, tx, id, id)
	return u, err
}

// LockBoth is Lock for the two sides of a payment, which may be one user.
func LockBoth(ctx context.Context, tx *db.Tx, one, other ID) (*User, *User, error) {
	all, err := lock(ctx, tx, one, `$2`, other)
	if err != nil {
		return nil, nil, err
	}
	return all.Both(ctx, one, other)
}

// LockWith is LockBoth for a user and whom a query names by number, if it names anybody.
// What is $1 in the query is that user, and the arguments are $2 and so on. Who they are
// is asked afterwards (Both), when it is known whom the query named.
func LockWith(ctx context.Context, tx *db.Tx, id ID, named string, args ...any) (Rows, error) {
	return lock(ctx, tx, id, `(`+named+`)`, args...)
}

// Rows are users who are locked, at most two, and not read yet.
type Rows struct {
	Now int64 // the database's time since then, in seconds
	tx  *db.Tx
	ids []int64 // on PostgreSQL
	all []User  // what Reading read
}

// Reading reads all of them, together with what else is asked then. On SQLite it is
// nothing: Both asks when it is known who they are.
func (l *Rows) Reading() []db.Statement {
	if l.tx.Dialect != db.Postgres || len(l.ids) == 0 {
		return nil
	}
	return []db.Statement{{Query: pair, Args: []any{l.ids[0], l.ids[len(l.ids)-1]}, Into: &l.all}}
}

// Both are two of them, who may be one. Who was not there to be locked is ErrUnknown.
func (l *Rows) Both(ctx context.Context, one, other ID) (*User, *User, error) {
	if l.tx.Dialect == db.Postgres && !(slices.Contains(l.ids, int64(one)) && slices.Contains(l.ids, int64(other))) {
		return nil, nil, ErrUnknown
	}
	all := slices.Clone(l.all)
	if all == nil {
		if err := l.tx.SelectContext(ctx, &all, pair, one, other); err != nil {
			return nil, nil, fmt.Errorf("useraccount: %w", err)
		}
	}
	var u, v *User
	for i := range all {
		all[i].Now, all[i].locked = l.Now, l.tx
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

// LockedWith is Locked for who asks more under the lock: more says what, when it has the
// database's time. It is read in one journey with the two, if they were not locked before.
func LockedWith(ctx context.Context, tx *db.Tx, u, other *User, more func(now int64) db.Statement) (*User, *User, error) {
	if u.locked == tx && (other == nil || other.locked == tx) {
		return u, other, tx.Run(ctx, more(u.Now))
	}
	second := u.ID
	if other != nil {
		second = other.ID
	}
	l, err := lock(ctx, tx, u.ID, `$2`, second)
	if err != nil {
		return nil, nil, err
	}
	if err := tx.Run(ctx, append(l.Reading(), more(l.Now))...); err != nil {
		return nil, nil, err
	}
	one, two, err := l.Both(ctx, u.ID, second)
	if other == nil {
		two = nil
	}
	return one, two, err
}

// LockAll keeps others from deciding about several users, for a transaction that
// then locks one after the other. Which they are may be read without a lock.
func LockAll(ctx context.Context, tx *db.Tx, ids ...ID) error {
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if _, err := lock(ctx, tx, id, `$1`); err != nil {
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
func lock(ctx context.Context, tx *db.Tx, one ID, other string, args ...any) (Rows, error) {
	l := Rows{tx: tx}
	var err error
	if tx.Dialect == db.Postgres {
		q := `SELECT id FROM user_account WHERE id = ANY (ARRAY[CAST($1 AS BIGINT), ` + other + `]) ORDER BY id FOR NO KEY UPDATE`
		l.Now, l.ids, err = tx.NowAfter(ctx, q, append([]any{one}, args...)...)
	} else {
		l.Now, err = tx.Now(ctx)
	}
	return l, err
}
