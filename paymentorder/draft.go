package paymentorder

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Limits are the operator's bounds.
type Limits struct {
	Payment    amount.Msat // one payment
	Day        amount.Msat // of one user in 24 hours
	FirstDay   amount.Msat // the same, in the first 24 hours of an account
	Balance    amount.Msat // of one user, for money from neighbours
	OpenOrders int         // that wait for their code
	InFlight   int         // Lightning payments of one user that have not ended, neighbours' invoices too
	Flight     Flight      // what may be on its way over Lightning
	TTL        int64       // seconds an order waits for its code
}

// Draft is what is asked of a new order. It has ToUser, ToAddress, or an
// Invoice with its Hash; ToUser as well if the invoice is a neighbour's.
type Draft struct {
	ToUser     *useraccount.User
	ToAddress  string
	Invoice    string // BOLT 11
	Hash       string // of the invoice, hexadecimal
	OpenAmount bool   // the invoice leaves the amount to the payer
	Expires    int64  // of the invoice; 0 if nothing expires before the code does
	Success    string // what the payee wants said when it is paid, as JSON of lnurl.Success (LUD-09)
	SaidTo     string
	SaidAt     string
	Amount     amount.Msat
	FeeLimit   amount.Msat
	Speed      string
	FeeRate    int64
	Memo       string
	ClientKey  string
	Has        *Room // what the payer has been doing, if it was read under the lock
	Today      bool  // what is above the payer's limit of the day is refused now, and not only when the code comes
}

// Draft writes down an order that waits for its code. Nothing is set aside
// yet, so what can be spent is checked again when the code comes. It locks the
// payer and, of a neighbour, the payee, unless the caller has.
func (l Limits) Draft(ctx context.Context, tx *db.Tx, u *useraccount.User, d Draft, now int64) (*Order, error) {
	u, to, err := useraccount.Locked(ctx, tx, u, d.ToUser)
	if err != nil {
		return nil, err
	}
	if d.Has != nil {
		return l.draft(ctx, tx, u, to, d, *d.Has, now)
	}
	has, err := RoomOf(ctx, tx, u.ID, now)
	if err != nil {
		return nil, err
	}
	return l.draft(ctx, tx, u, to, d, has, now)
}

// draft is Draft of two who are locked, by what the payer has been doing.
func (l Limits) draft(ctx context.Context, tx *db.Tx, u, to *useraccount.User, d Draft, has Room, now int64) (*Order, error) {
	switch {
	case d.Amount > l.Payment:
		return nil, ErrPaymentLimit.With(fault.Args{"limit": int64(l.Payment)})
	case !u.Active:
		return nil, useraccount.ErrClosed
	case to != nil && !to.Active:
		return nil, ErrRecipientGone.With(fault.Args{"who": d.SaidTo})
	}
	if d.Today {
		if err := l.day(u, d.Amount, has.Spent, now); err != nil {
			return nil, err
		}
	}
	if has.Open >= l.OpenOrders {
		return nil, ErrOpenOrders.With(fault.Args{"n": int64(has.Open)})
	}
	o := &Order{User: u.ID, State: New, SaidTo: d.SaidTo, SaidAt: d.SaidAt, Amount: d.Amount, FeeLimit: d.FeeLimit, Speed: d.Speed,
		FeeRate: d.FeeRate, Memo: d.Memo, ClientKey: d.ClientKey, Created: now, Expires: now + l.TTL,
		ToAddress: sql.NullString{String: d.ToAddress, Valid: d.ToAddress != ""}, Invoice: d.Invoice,
		Hash: sql.NullString{String: d.Hash, Valid: d.Hash != ""}, OpenAmount: d.OpenAmount, Success: d.Success}
	if d.Expires > 0 {
		o.Expires = min(o.Expires, d.Expires)
	}
	if to != nil {
		o.ToUser = sql.Null[useraccount.ID]{V: to.ID, Valid: true}
	}
	for try := range 3 * codeTries { // no two orders of a user have one code, ever
		code, err := newCode(CodeLength + try/codeTries)
		if err != nil {
			return nil, fmt.Errorf("paymentorder: %w", err)
		}
		o.Code = code
		ok, err := o.insert(ctx, tx)
		if err != nil || ok {
			return o, err
		}
	}
	return nil, fmt.Errorf("paymentorder: no free code for user %d", u.ID)
}

func (o *Order) insert(ctx context.Context, tx *db.Tx) (bool, error) {
	var ids []ID
	err := tx.SelectContext(ctx, &ids, `
INSERT INTO payment_order (user_id, code, state, to_user, to_address, said_to, said_at, amount, fee_limit, speed, fee_rate,
                           memo, client_key, created, expires, payment_hash, invoice, open_amount, success)
VALUES ($1, $2, 'new', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT (user_id, code) WHERE code <> '' DO NOTHING
RETURNING id`,
		o.User, o.Code, o.ToUser, o.ToAddress, o.SaidTo, o.SaidAt, int64(o.Amount), int64(o.FeeLimit), o.Speed, o.FeeRate,
		o.Memo, o.ClientKey, o.Created, o.Expires, o.Hash, o.Invoice, number(o.OpenAmount), o.Success)
	if err != nil {
		return false, fmt.Errorf("paymentorder: draft: %w", err)
	}
	if len(ids) == 0 {
		return false, nil
	}
	o.ID = ids[0]
	return true, nil
}

// number is a truth as both engines keep it.
func number(is bool) int {
	if is {
		return 1
	}
	return 0
}

// move changes the state if the order is still where it was read; a Conflict
// fault says that somebody was faster.
func (o *Order) move(ctx context.Context, tx *db.Tx, e Event, set string, args ...any) error {
	s, err := o.moving(e, set, args...)
	if err != nil {
		return err
	}
	return tx.Run(ctx, s)
}

// moving is the statement of move, for who sends it together with others.
func (o *Order) moving(e Event, set string, args ...any) (db.Statement, error) {
	to, err := o.Kind().After(o.State, e)
	if err != nil {
		return db.Statement{}, err
	}
	n := 4 + len(args) // of the first after those that set uses
	query := `UPDATE payment_order SET state = $3, taken = $` + strconv.Itoa(n) + set + ` WHERE id = $1 AND state = $2 AND claim = $` + strconv.Itoa(n+1)
	args = append(append([]any{o.ID, string(o.State), string(to)}, args...), o.handAfter(e), o.Claim)
	one := db.ChangedOne(tooLate(o, e))
	return db.Statement{Query: query, Args: args, Then: func(changed int64, err error) error {
		if err != nil {
			return fmt.Errorf("paymentorder: %s: %w", e, err)
		}
		if err = one(changed, err); err == nil {
			o.State = to
		}
		return err
	}}, nil
}

// Withdraw is Cancel for what need not wait any more: false if it does not, since
// its time ran out or somebody was faster.
func (o *Order) Withdraw(ctx context.Context, tx *db.Tx, now int64) (bool, error) {
	err := o.Cancel(ctx, tx, now)
	if fault.Is(err, fault.Conflict) {
		return false, nil
	}
	return err == nil, err
}

// Cancel drops an order that waits for its code. Its user is locked, so that it
// is not being confirmed.
func (o *Order) Cancel(ctx context.Context, tx *db.Tx, now int64) error {
	return o.move(ctx, tx, Cancel, `, ended = $4`, now)
}
