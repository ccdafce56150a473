package paymentorder

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// What a limit is decided by is asked together with what else is asked then: each
// question is a journey to the database. The first argument is the user, the second is
// of that question, and the others are the spans of what was spent today.
var (
	roomQuery  = `SELECT COUNT(*) AS open, (` + spentBy(`$1`, `$3`, `$4`, `$5`) + `) AS spent FROM payment_order WHERE user_id = $1 AND ` + waiting + ` AND expires > $2`
	askedQuery = `SELECT ` + fields + `, (` + spentBy(`$1`, `$3`, `$4`, `$5`) + `) AS spent` + from + byCode
)

// SpendableToday is what the daily limits leave, in msat; it may be negative.
func (l Limits) SpendableToday(ctx context.Context, q sqlx.QueryerContext, u *useraccount.User, now int64) (amount.Msat, error) {
	m, err := spent(ctx, q, u.ID, now-day)
	return l.left(u, m, now), err
}

// left is what the daily limits leave of who spent so much.
func (l Limits) left(u *useraccount.User, spent amount.Msat, now int64) amount.Msat {
	limit := l.Day
	if u.Created > now-day {
		limit = min(limit, l.FirstDay)
	}
	if own, ok := u.Limit(now); ok {
		limit = min(limit, own)
	}
	return limit - spent
}

// day is the fault of a payment above what the daily limits leave.
func (l Limits) day(u *useraccount.User, m, spent amount.Msat, now int64) error {
	if left := l.left(u, spent, now); m > left {
		return ErrDayLimit.With(fault.Args{"left": int64(max(left, 0))})
	}
	return nil
}

// asked is what a confirmation is decided from, in one journey to the database.
type asked struct {
	Order
	Spent amount.Msat // by its payer today
}

// asking reads it after the payer is locked: by their number, and the code of the order.
func (a *asked) asking(now int64, user useraccount.ID, code string) db.Statement {
	after, minutes, hours := spans(now - day)
	return db.Statement{Query: askedQuery, Args: []any{user, code, after, minutes, hours}, Into: a, Then: func(_ int64, err error) error {
		return found(err, fault.Args{"code": code})
	}}
}

// Room is what counts against the limits of a user who asks for one more payment.
type Room struct {
	Open  int         // orders that wait for their code
	Spent amount.Msat // today
}

// Reading reads it of a user who is locked, together with what else is asked then.
func (r *Room) Reading(user useraccount.ID, now int64) db.Statement {
	after, minutes, hours := spans(now - day)
	return db.Statement{Query: roomQuery, Args: []any{user, now, after, minutes, hours}, Into: r, Then: func(_ int64, err error) error {
		if err != nil {
			err = fmt.Errorf("paymentorder: room: %w", err)
		}
		return err
	}}
}

// RoomOf reads it in one journey to the database.
func RoomOf(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID, now int64) (Room, error) {
	var r Room
	after, minutes, hours := spans(now - day)
	if err := sqlx.GetContext(ctx, q, &r, roomQuery, user, now, after, minutes, hours); err != nil {
		return Room{}, fmt.Errorf("paymentorder: room: %w", err)
	}
	return r, nil
}
