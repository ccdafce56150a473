// Package ledger knows who owns how much, and why. Money moves by Post and
// by nothing else: one row takes from one account and gives to another, so
// the sum of all accounts is always zero.
package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
)

// Account is the number of an account.
type Account int64

// Transfer moves money once: the same Ref and Step are booked one time only,
// however often they are posted.
type Transfer struct {
	Ref    string // what happened: "order:12", "coin:TXID:0"
	Step   string // which part of it: "hold", "settle", "credit:1"
	Debit  Account
	Credit Account
	Amount amount.Msat // above zero
	At     int64       // seconds since 1970 UTC
}

// ErrBooked says that the transfer was booked before. That is good news.
var ErrBooked = errors.New("ledger: booked before")

// ErrInsufficientFunds is the fault of a debit above what the account has. Who may know
// the balance may hear it.
var ErrInsufficientFunds = fault.Define(fault.InsufficientFunds, "fault.short")

// The trigger of the table moves both accounts, in id order, so that payments
// that cross do not deadlock.
const postQuery = `
INSERT INTO transfer (ref, step, debit, credit, amt, created)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (ref, step) DO NOTHING`

// Post books a transfer in the caller's transaction. It returns ErrBooked if
// it was booked before, and ErrInsufficientFunds if the debited account has not enough;
// then the transaction must be given up. An account of the system may be
// overdrawn by all the coins that there can be.
func Post(ctx context.Context, tx *db.Tx, t Transfer) error {
	s, err := Posting(t)
	if err != nil {
		return err
	}
	return tx.Run(ctx, s)
}

// Posting is the statement of Post, for who sends it together with others. An ErrBooked
// undoes them, too.
func Posting(t Transfer) (db.Statement, error) {
	if t.Amount <= 0 || t.Amount > amount.Max {
		return db.Statement{}, fmt.Errorf("ledger: %s %s: amount %d msat is out of range", t.Ref, t.Step, t.Amount)
	}
	if t.Debit == t.Credit { // also if the key is taken
		return db.Statement{}, fmt.Errorf("ledger: %s %s: from account %d to itself", t.Ref, t.Step, t.Debit)
	}
	args := []any{t.Ref, t.Step, int64(t.Debit), int64(t.Credit), int64(t.Amount), t.At}
	return db.Statement{Query: postQuery, Args: args, Then: func(n int64, err error) error {
		switch {
		case db.Violates(err, "no_overdraft"):
			return ErrInsufficientFunds.Because(err)
		case err != nil:
			return fmt.Errorf("ledger: %s %s: %w", t.Ref, t.Step, err)
		case n == 0:
			return ErrBooked
		}
		return nil
	}}, nil
}

// Open makes the two accounts of a user: money to spend, and money held for
// open orders. Key is unique, such as the bare JID.
func Open(ctx context.Context, tx *db.Tx, key string) (money, held Account, err error) {
	const q = `INSERT INTO account (kind, name) VALUES ($1, $2) RETURNING id`
	if err := tx.GetContext(ctx, &money, q, "user", "user:"+key); err != nil {
		return 0, 0, fmt.Errorf("ledger: open: %w", err)
	}
	if err := tx.GetContext(ctx, &held, q, "held", "held:"+key); err != nil {
		return 0, 0, fmt.Errorf("ledger: open: %w", err)
	}
	return money, held, nil
}

// System is the number of a system account: "chain" or "loss".
func System(ctx context.Context, q sqlx.QueryerContext, name string) (Account, error) {
	var a Account
	if err := sqlx.GetContext(ctx, q, &a, `SELECT id FROM account WHERE kind = 'system' AND name = $1`, name); err != nil {
		return 0, fmt.Errorf("ledger: account %s: %w", name, err)
	}
	return a, nil
}

// Balance is what an account holds, in msat.
func Balance(ctx context.Context, q sqlx.QueryerContext, a Account) (amount.Msat, error) {
	var m amount.Msat
	if err := sqlx.GetContext(ctx, q, &m, `SELECT bal FROM account WHERE id = $1`, a); err != nil {
		return 0, fmt.Errorf("ledger: balance: %w", err)
	}
	return m, nil
}
