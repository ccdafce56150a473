// Package useraccount is who uses the gateway: registrations, usernames,
// settings, and what operators did to them.
package useraccount

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/ledger"
)

// ID is the number of a user: user_account.id.
type ID int64

// User is a registered user, or one who left coins behind.
type User struct {
	ID        ID
	JID       string // bare, as the server normalises it
	Name      string // username, "" if it was given up
	Money     ledger.Account
	Held      ledger.Account
	Active    bool
	Suspended bool
	Reason    string
	Lang      string // "" follows the language of each message
	Unit      string
	Fiat      string // ISO 4217, in which apps are shown the balance; "" in bitcoin
	Notify    bool
	Presence  bool          // balance in the status
	DayLimit  sql.NullInt64 `db:"day_limit"` // msat; NULL is the operator's limit
	// A raise of the limit waits until DayLimitAt.
	DayLimitNew sql.NullInt64 `db:"day_limit_new"`
	DayLimitAt  sql.NullInt64 `db:"day_limit_at"`
	Passwords   int64         // how many the user has had: the number of the one that is theirs
	Created     int64
	Has         Holdings
	Now         int64  `db:"-"` // of one who is locked: the database's time since then, in seconds
	Mutes       bool   // of one who is locked together with another: wants to hear nothing of them
	locked      *db.Tx // in which Lock gave the user
}

const columns = `SELECT ` + fields + from

// pair reads two users, and who of them muted the other.
const pair = `SELECT ` + fields + `,
       EXISTS (SELECT 1 FROM mute WHERE mute.user_id = u.id AND mute.muted IN ($1, $2)) AS mutes` + from + `WHERE u.id IN ($1, $2)`

const fields = `
       u.id, u.jid, COALESCE(n.name, '') AS name, u.money, u.held, u.active, u.suspended, u.reason,
       u.lang, u.unit, u.fiat, u.notify, u.presence, u.day_limit, u.day_limit_new, u.day_limit_at, u.passwords, u.created,
       m.bal AS "has.balance", h.bal AS "has.held", (
           SELECT CAST(COALESCE(SUM(c.amount), 0) AS BIGINT) FROM coin c WHERE c.user_id = u.id AND c.state IN ('seen', 'reorged')
       ) AS "has.pending"`

const from = `
FROM user_account u
JOIN account m ON m.id = u.money
JOIN account h ON h.id = u.held
LEFT JOIN username n ON n.user_id = u.id AND n.released IS NULL
`

func one(ctx context.Context, q sqlx.QueryerContext, where string, arg any) (*User, error) {
	var u User
	err := sqlx.GetContext(ctx, q, &u, columns+where, arg)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("useraccount: %w", err)
	}
	return &u, nil
}

// ByJID finds whoever ever registered with a bare JID; a NotFound fault if nobody did.
func ByJID(ctx context.Context, q sqlx.QueryerContext, jid string) (*User, error) {
	return one(ctx, q, `WHERE u.jid = $1`, jid)
}

// ByID finds a user by number.
func ByID(ctx context.Context, q sqlx.QueryerContext, id ID) (*User, error) {
	return one(ctx, q, `WHERE u.id = $1`, id)
}

// ByName finds the active user who has that name now.
func ByName(ctx context.Context, q sqlx.QueryerContext, name string) (*User, error) {
	return one(ctx, q, `WHERE n.name = $1 AND u.active = 1`, name)
}

// Limit is the user's own daily limit at a time, in msat; false if there is none.
func (u *User) Limit(now int64) (amount.Msat, bool) {
	l := u.DayLimit
	if u.DayLimitAt.Valid && u.DayLimitAt.Int64 <= now {
		l = u.DayLimitNew
	}
	return amount.Msat(l.Int64), l.Valid
}

// Register makes an account for a JID, or wakes the one it had with its coins;
// false if there is one that is awake, whoever made it. Of two who ask at once
// for a JID that is new, one gets a broken UNIQUE constraint, and finds the
// account when it asks again.
func Register(ctx context.Context, tx *db.Tx, jid string, now int64) (*User, bool, error) {
	u, err := ByJID(ctx, tx, jid)
	if fault.Is(err, fault.NotFound) {
		money, held, err := ledger.Open(ctx, tx, jid)
		if err != nil {
			return nil, false, err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO user_account (jid, money, held, created) VALUES ($1, $2, $3, $4)`, jid, money, held, now)
		if err != nil {
			return nil, false, fmt.Errorf("useraccount: register: %w", err)
		}
		if u, err = ByJID(ctx, tx, jid); err != nil {
			return nil, false, err
		}
		u.Now = now
		return u, true, nil
	}
	if err != nil {
		return nil, false, err
	}
	if u, err = Lock(ctx, tx, u.ID); err != nil || u.Active {
		return u, false, err
	}
	if _, err := tx.One(ctx, `UPDATE user_account SET active = 1 WHERE id = $1`, u.ID); err != nil {
		return nil, false, fmt.Errorf("useraccount: register: %w", err)
	}
	u.Active = true
	return u, true, nil
}

// Unregister lets a user go. The coins stay on the books for the JID, the
// name is kept from others for a while.
func Unregister(ctx context.Context, tx *db.Tx, u *User, now int64) error {
	if _, _, err := Locked(ctx, tx, u, nil); err != nil {
		return err
	}
	if _, err := tx.One(ctx, `UPDATE user_account SET active = 0 WHERE id = $1`, u.ID); err != nil {
		return fmt.Errorf("useraccount: unregister: %w", err)
	}
	if err := release(ctx, tx, u.ID, now); err != nil {
		return err
	}
	if err := leave(ctx, tx, u.ID); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM roster WHERE user_id = $1`, u.ID); err != nil {
		return fmt.Errorf("useraccount: unregister: %w", err)
	}
	return nil
}

// Members lists active JIDs in order, at most n, after the one given.
func Members(ctx context.Context, q sqlx.QueryerContext, after string, n int) ([]string, error) {
	var all []string
	err := sqlx.SelectContext(ctx, q, &all, `SELECT jid FROM user_account WHERE active = 1 AND jid > $1 ORDER BY jid LIMIT $2`, after, n)
	return all, err
}

// All lists users for the operator, by JID.
func All(ctx context.Context, q sqlx.QueryerContext) ([]User, error) {
	var all []User
	err := sqlx.SelectContext(ctx, q, &all, columns+`ORDER BY u.jid`)
	return all, err
}
