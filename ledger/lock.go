package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
)

// Lock takes the accounts for the rest of the transaction, in id order, and
// returns the balance of the first. What is decided from it stays true.
func Lock(ctx context.Context, tx *db.Tx, first Account, others ...Account) (amount.Msat, error) {
	var has Balances
	err := has.lock(ctx, tx, append([]Account{first}, others...)...)
	return has.Of(first), err
}

// LockBoth is Lock for the two sides of a payment, and returns what both have.
func LockBoth(ctx context.Context, tx *db.Tx, one, other Account) (amount.Msat, amount.Msat, error) {
	var has Balances
	err := has.lock(ctx, tx, one, other)
	return has.Of(one), has.Of(other), err
}

// Balances are what accounts have that are locked.
type Balances []struct {
	ID  Account
	Bal amount.Msat
}

// Of is the balance of one of them, in msat; 0 if it is none of them.
func (b Balances) Of(a Account) amount.Msat {
	for _, has := range b {
		if has.ID == a {
			return has.Bal
		}
	}
	return 0
}

// Has reports whether an account is among them.
func (b Balances) Has(a Account) bool {
	for _, has := range b {
		if has.ID == a {
			return true
		}
	}
	return false
}

// Locking is the statement of Lock for the accounts that a query names by number, for who
// sends it together with others. What is $1 in the query is the first argument.
func (b *Balances) Locking(tx *db.Tx, named string, args ...any) db.Statement {
	return db.Statement{Query: `SELECT id, bal FROM account WHERE id IN (` + named + `) ORDER BY id` + tx.Locked("account"), Args: args, Into: b}
}

func (b *Balances) lock(ctx context.Context, tx *db.Tx, all ...Account) error {
	var places []string
	var args []any
	for i, a := range all {
		places, args = append(places, "$"+strconv.Itoa(i+1)), append(args, int64(a))
	}
	if err := tx.Run(ctx, b.Locking(tx, strings.Join(places, ", "), args...)); err != nil {
		return fmt.Errorf("ledger: lock: %w", err)
	}
	for _, a := range all {
		if !b.Has(a) {
			return fmt.Errorf("ledger: account %d: %w", a, sql.ErrNoRows)
		}
	}
	return nil
}
