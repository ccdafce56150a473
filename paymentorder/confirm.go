package paymentorder

import (
	"context"
	"database/sql"
	"errors"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Receipt is what a confirmed order did.
type Receipt struct {
	Order   *Order
	Number  int64       // of the line in the payer's statement
	Balance amount.Msat // of the payer, after
	Stopped bool        // the money is set aside, and the payment begins when payments are not stopped any more
}

// Confirm moves the money of an order to a neighbour or sets it aside for who is
// outside, all in the caller's transaction. An order is confirmed once. It takes all
// locks but that of the app on whose word it is, and everything is decided after them:
// by who the two are then, by the database's time, and, for an app, by what is
// left of its budget then. app.ErrAboveBudget says that the user has to be
// asked, and that nothing is written; the receipt has the order then. The order is read
// once: the two users are locked before anybody asks what it says.
func (l Limits) Confirm(ctx context.Context, tx *db.Tx, user useraccount.ID, code string, by Approval) (*Receipt, error) {
	const payee = `SELECT to_user FROM payment_order WHERE user_id = $1 AND code = $2 AND code <> ''`
	locked, err := useraccount.LockWith(ctx, tx, user, payee, code)
	if err != nil {
		return nil, err
	}
	var a asked
	var has ledger.Balances
	all := append([]db.Statement{a.asking(locked.Now, user, code)}, locked.Reading()...)
	if tx.Dialect == db.Postgres {
		all = append(all, has.Locking(tx, bothInside, user, code))
	}
	if err := tx.Run(ctx, all...); err != nil {
		return nil, err
	}
	u, to, err := a.of(ctx, &locked)
	if err != nil {
		return nil, err
	}
	return l.confirm(ctx, tx, &a.Order, u, to, has, a.Spent, by)
}

// bothInside names the accounts of the two between whom an order moves money at once. What
// it reads of an order and of who they are never changes. The accounts of other orders are
// locked when it is known what they are.
const bothInside = `
SELECT p.money FROM payment_order o JOIN user_account p ON p.id = ANY (ARRAY[o.user_id, o.to_user])
WHERE o.user_id = $1 AND o.code = $2 AND o.code <> '' AND o.to_user IS NOT NULL AND o.payment_hash IS NULL`

// DraftConfirmed drafts an order and confirms it at once, on the word of who needs no
// code for it. The receipt has the order also with app.ErrAboveBudget: it waits for its
// code. Who the two are, and what the payer spent, is read once.
func (l Limits) DraftConfirmed(ctx context.Context, tx *db.Tx, u *useraccount.User, d Draft, by Approval) (*Receipt, error) {
	u, to, err := useraccount.Locked(ctx, tx, u, d.ToUser)
	if err != nil {
		return nil, err
	}
	has, err := RoomOf(ctx, tx, u.ID, u.Now)
	if err != nil {
		return nil, err
	}
	o, err := l.draft(ctx, tx, u, to, d, has, u.Now)
	if err != nil {
		return nil, err
	}
	return l.confirm(ctx, tx, o, u, to, nil, has.Spent, by)
}

func (l Limits) confirm(ctx context.Context, tx *db.Tx, o *Order, u, to *useraccount.User, locked ledger.Balances, spent amount.Msat, by Approval) (*Receipt, error) {
	balance, payeeHas, err := o.lockAccounts(ctx, tx, u, to, locked)
	if err != nil {
		return nil, err
	}
	now := u.Now
	if err := mayConfirm(ctx, tx, u, to, o, now); err != nil {
		return nil, err
	}
	// The budget first: of what is above it an app hears that its user is asked, and
	// nothing of their limits and of what they have.
	if err := by.take(ctx, tx, o, now); err != nil {
		return &Receipt{Order: o}, err
	}
	if err := l.within(ctx, tx, u, o, spent, now); err != nil {
		return nil, err
	}
	if balance < o.Total() {
		return nil, ErrInsufficientFunds.With(fault.Args{"balance": int64(balance), "total": int64(o.Total())})
	}
	r := &Receipt{Order: o, Balance: balance - o.Total()}
	if o.Kind() == Inside {
		r.Number, err = l.payInside(ctx, tx, u, to, o, payeeHas, now)
	} else {
		r.Number, err = o.hold(ctx, tx, u, now)
	}
	if errors.Is(err, ErrTooLate) { // nothing but its lapse goes without the payer's lock
		return nil, ErrExpired.With(fault.Args{"code": o.Code})
	}
	if err != nil {
		return nil, err
	}
	if err := mayMove(ctx, tx); err != nil {
		return nil, err
	}
	r.Stopped, err = o.Stopped(ctx, tx)
	return r, err
}

// lockAccounts takes the accounts that a confirmation moves, and returns what the payer
// has, and a neighbour who is paid at once. Over Lightning the account of the node is one:
// what all have on its way is decided by one after the other. Those that were locked with
// the reading of the order are not locked again.
func (o *Order) lockAccounts(ctx context.Context, tx *db.Tx, u, to *useraccount.User, locked ledger.Balances) (has, payeeHas amount.Msat, err error) {
	if o.Kind() == Inside && tx.Dialect == db.SQLite { // which has one writer: nobody has moved money since they were read
		return u.Has.Balance, to.Has.Balance, nil
	}
	if o.Kind() == Inside && locked.Has(u.Money) && locked.Has(to.Money) {
		return locked.Of(u.Money), locked.Of(to.Money), nil
	}
	if o.Kind() == Inside {
		return ledger.LockBoth(ctx, tx, u.Money, to.Money)
	}
	locks := []ledger.Account{u.Held}
	if o.Lightning() && to == nil {
		node, err := ledger.System(ctx, tx, "lightning")
		if err != nil {
			return 0, 0, err
		}
		locks = append(locks, node)
	}
	has, err = ledger.Lock(ctx, tx, u.Money, locks...)
	return has, 0, err
}

// hold sets the money aside, before anything of it leaves. A neighbour's invoice has to
// be taken back from the node first, so its money waits here, too. It returns the number
// of the payer's line.
func (o *Order) hold(ctx context.Context, tx *db.Tx, u *useraccount.User, now int64) (int64, error) {
	move, err := o.moving(Confirm, `, confirmed = $4, due = $4, by_app = $5`, now, o.ByApp)
	if err != nil {
		return 0, err
	}
	moved := move.Then
	move.Then = func(changed int64, err error) error {
		err = moved(changed, err)
		if db.IsUnique(err) { // another order for the invoice was confirmed just now
			err = ErrInvoiceTaken.Because(err)
		}
		return err
	}
	post, err := ledger.Posting(ledger.Transfer{Ref: o.Ref(), Step: "hold", Debit: u.Money, Credit: u.Held, Amount: o.Total(), At: now})
	if err != nil {
		return 0, err
	}
	var n statement.Numbers
	if err := tx.Run(ctx, move, post, n.Add(o.payersLine(u, now))); err != nil {
		return 0, err
	}
	o.Confirmed = sql.NullInt64{Int64: now, Valid: true}
	return n.First, nil
}

// payersLine is what the payer reads of the order as history.
func (o *Order) payersLine(u *useraccount.User, now int64) statement.Line {
	return statement.Line{User: int64(u.ID), At: now, Amount: o.Amount, Peer: o.SaidTo, Memo: o.Memo, Order: sql.NullInt64{Int64: int64(o.ID), Valid: true}}
}

// of is parties for those who are locked.
func (o *Order) of(ctx context.Context, locked *useraccount.Rows) (u, to *useraccount.User, err error) {
	if !o.Internal() {
		u, _, err = locked.Both(ctx, o.User, o.User)
		return u, nil, err
	}
	return locked.Both(ctx, o.User, o.ToUser.V)
}

// mayConfirm checks the order, and who the two are.
func mayConfirm(ctx context.Context, tx *db.Tx, u, to *useraccount.User, o *Order, now int64) error {
	switch {
	case !u.Active:
		return useraccount.ErrClosed
	case o.State == Expired || o.State == New && o.Expires <= now:
		return ErrExpired.With(fault.Args{"code": o.Code})
	case o.State == Cancelled, o.State == Failed && o.Reason == Dropped:
		return ErrCancelled.With(fault.Args{"code": o.Code})
	case o.State == Failed:
		return ErrFailed.With(fault.Args{"code": o.Code})
	case o.State != New:
		return ErrConfirmed.With(fault.Args{"code": o.Code})
	case u.Suspended:
		return useraccount.ErrSuspended.With(fault.Args{"reason": u.Reason})
	case to != nil && !to.Active:
		return ErrRecipientGone.With(fault.Args{"who": o.SaidTo})
	}
	return nil
}

// within checks the limits of the payer, who spent so much today.
func (l Limits) within(ctx context.Context, tx *db.Tx, u *useraccount.User, o *Order, spent amount.Msat, now int64) error {
	if err := l.day(u, o.Amount, spent, now); err != nil {
		return err
	}
	if o.Lightning() {
		return l.mayPayInvoice(ctx, tx, u, o, now)
	}
	return nil
}
