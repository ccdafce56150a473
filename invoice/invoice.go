// Package invoice is what users ask others to pay over Lightning: made, set
// aside while a neighbour pays it, and settled once.
package invoice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// State is how far an invoice is.
type State string

const (
	Open    State = "open"
	Inside  State = "inside" // being taken back from the node, because one of ours pays it
	Settled State = "settled"
)

// Invoice is one request for a payment over Lightning.
type Invoice struct {
	Hash     string         // payment hash, hexadecimal
	User     useraccount.ID `db:"user_id"`
	Preimage string         // ours, hexadecimal; "" if the node chose it
	Text     string         // BOLT 11
	Amount   amount.Msat    // 0: the payer chooses
	Memo     string
	Sender   string // what a payer wrote who is not ours (LUD-12)
	Door     string // who asked for it: "" the user
	State    State
	Paid     sql.NullInt64 // msat really paid
	Created  int64         // seconds
	Expires  int64
	Settled  sql.NullInt64 // when, in seconds
}

// Expiry is when the invoice can not be paid any more.
func (i *Invoice) Expiry() time.Time { return time.Unix(i.Expires, 0) }

const columns = `
SELECT hash, user_id, preimage, text, amount, memo, sender, door, state, paid, created, expires, settled
FROM invoice
`

// Find returns the invoice of a payment hash; nil if it is not one of ours.
func Find(ctx context.Context, q sqlx.QueryerContext, hash string) (*Invoice, error) {
	var i Invoice
	err := sqlx.GetContext(ctx, q, &i, columns+`WHERE hash = $1`, hash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("invoice: %w", err)
	}
	return &i, nil
}

// Add writes down an invoice that the node has made. It is given to nobody
// before that is committed.
func Add(ctx context.Context, tx *db.Tx, i Invoice) error {
	_, err := tx.ExecContext(ctx, `
INSERT INTO invoice (hash, user_id, preimage, text, amount, memo, sender, door, created, expires)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		i.Hash, i.User, i.Preimage, i.Text, int64(i.Amount), i.Memo, i.Sender, i.Door, i.Created, i.Expires)
	if err != nil {
		return fmt.Errorf("invoice: %w", err)
	}
	return nil
}

// Waiting counts a user's invoices from one door that can be paid. Strangers
// at the web door do not use up what the user may make.
func Waiting(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID, door string, now int64) (int, error) {
	var n int
	err := sqlx.GetContext(ctx, q, &n, `SELECT COUNT(*) FROM invoice WHERE user_id = $1 AND door = $2 AND state = 'open' AND expires > $3`, user, door, now)
	if err != nil {
		return 0, fmt.Errorf("invoice: %w", err)
	}
	return n, nil
}

// move changes the state if the invoice is still where it was.
func move(ctx context.Context, tx *db.Tx, hash string, from, to State) (bool, error) {
	ok, err := tx.One(ctx, `UPDATE invoice SET state = $3 WHERE hash = $1 AND state = $2`, hash, string(from), string(to))
	if err != nil {
		return false, fmt.Errorf("invoice: %s: %w", to, err)
	}
	return ok, nil
}

// Drop makes an open invoice, which the node has taken back, one that has
// expired. A neighbour who orders to pay it is kept from that by the caller.
func Drop(ctx context.Context, tx *db.Tx, hash string, now int64) error {
	_, err := tx.One(ctx, `UPDATE invoice SET expires = $2 WHERE hash = $1 AND state = 'open' AND expires > $2`, hash, now)
	if err != nil {
		return fmt.Errorf("invoice: drop: %w", err)
	}
	return nil
}

// DropAll is Drop for all of a user who leaves. No neighbour begins to pay one. The
// node has them until worker.Recall has it take them back, and what comes for one
// until then is the user's.
func DropAll(ctx context.Context, tx *db.Tx, user useraccount.ID, now int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE invoice SET expires = $2 WHERE user_id = $1 AND state = 'open' AND expires > $2`, user, now)
	if err != nil {
		return fmt.Errorf("invoice: drop: %w", err)
	}
	return nil
}

// SetAside keeps an invoice for a neighbour who pays it; false if it was paid.
// It may be repeated.
func SetAside(ctx context.Context, tx *db.Tx, hash string) (bool, error) {
	if ok, err := move(ctx, tx, hash, Open, Inside); ok || err != nil {
		return ok, err
	}
	i, err := Find(ctx, tx, hash)
	return err == nil && i != nil && i.State == Inside, err
}

// PutBack makes an invoice as it was before SetAside.
func PutBack(ctx context.Context, tx *db.Tx, hash string) error {
	_, err := move(ctx, tx, hash, Inside, Open)
	return err
}

// PaidInside ends an invoice that a neighbour paid in the ledger; false if it
// was not set aside.
func PaidInside(ctx context.Context, tx *db.Tx, hash string, m amount.Msat, now int64) (bool, error) {
	ok, err := tx.One(ctx, `UPDATE invoice SET state = 'settled', paid = $2, settled = $3 WHERE hash = $1 AND state = 'inside'`, hash, int64(m), now)
	if err != nil {
		return false, fmt.Errorf("invoice: %w", err)
	}
	return ok, nil
}

// Credit is what was credited for an invoice by a receipt of a node.
type Credit struct {
	Amount amount.Msat
	Life   string `db:"node"` // of the node that was paid
}

// Credited is what was credited for each payment hash by receipts of the nodes
// that there were.
func Credited(ctx context.Context, q sqlx.QueryerContext) (map[string]Credit, error) {
	var rows []struct {
		Hash string
		Credit
	}
	err := sqlx.SelectContext(ctx, q, &rows, `
SELECT i.hash, i.node, t.amt AS amount
FROM transfer t JOIN invoice i ON i.hash = SUBSTR(t.ref, 9)
WHERE t.ref LIKE 'invoice:%' AND t.step = 'credit:1'`)
	if err != nil {
		return nil, fmt.Errorf("invoice: %w", err)
	}
	all := make(map[string]Credit, len(rows))
	for _, r := range rows {
		all[r.Hash] = r.Credit
	}
	return all, nil
}
