package invoice

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Bill is an invoice that a bot sent as a message, by the convention of BLiP. It
// can be paid in more ways than one; what became of it is told.
type Bill struct {
	ID      int64
	User    useraccount.ID `db:"user_id"` // who is paid, and told
	Message string         // its id, "" for none
	Node    string         // that the bill was sent to
	Payer   string         // username, "" if it is nobody here
	Hash    string         // of the payment over Lightning, hexadecimal, "" without
	Address string         // on the chain
	Amount  amount.Msat
	Created int64 // seconds
	Ends    int64
	State   BillState
	Proof   string // what paid it: the hash, "#" and the number of a line of the statement, or "txid:vout"
	Ended   int64  // seconds
}

// BillState is what became of a bill.
type BillState string

const (
	BillOpen      BillState = "open"
	BillPaid      BillState = "paid"
	BillCancelled BillState = "cancelled"
)

const billColumns = `id, user_id, message, node, payer, hash, address, amount, created, ends, state, proof, ended`

// AddBill writes a bill down. One that is known stays as it is.
func AddBill(ctx context.Context, tx *db.Tx, b Bill) error {
	_, err := tx.ExecContext(ctx, `
INSERT INTO lime_bill (user_id, message, node, payer, hash, address, amount, line, created, ends)
VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT COALESCE(MAX(n), 0) FROM statement WHERE user_id = $1), $8, $9)
ON CONFLICT DO NOTHING`, b.User, b.Message, b.Node, b.Payer, b.Hash, b.Address, int64(b.Amount), b.Created, b.Ends)
	if err != nil {
		return fmt.Errorf("invoice: bill: %w", err)
	}
	return nil
}

// UntoldBills counts the bills of a user whose end was not told.
func UntoldBills(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID) (int, error) {
	var n int
	if err := sqlx.GetContext(ctx, q, &n, `SELECT COUNT(*) FROM lime_bill WHERE user_id = $1 AND told = 0`, user); err != nil {
		return 0, fmt.Errorf("invoice: bills: %w", err)
	}
	return n, nil
}

// Billing lists the JIDs of those who have bills whose end was not told.
func Billing(ctx context.Context, q sqlx.QueryerContext) ([]string, error) {
	var all []string
	err := sqlx.SelectContext(ctx, q, &all, `SELECT jid FROM user_account WHERE id IN (SELECT user_id FROM lime_bill WHERE told = 0)`)
	if err != nil {
		return nil, fmt.Errorf("invoice: bills: %w", err)
	}
	return all, nil
}

// BillsToTell reports whether a user has a bill that ended, and that nobody tells.
func BillsToTell(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID, now int64) (bool, error) {
	var n int
	err := sqlx.GetContext(ctx, q, &n, `SELECT COUNT(*) FROM lime_bill WHERE user_id = $1 AND told = 0 AND state <> 'open' AND leased <= $2`, user, now)
	if err != nil {
		return false, fmt.Errorf("invoice: bills: %w", err)
	}
	return n > 0, nil
}

// ClaimBill takes a bill of a user that ended, to tell it before a time in
// seconds; nil if there is none that nobody else tells. The oldest comes first.
func ClaimBill(ctx context.Context, tx *db.Tx, user useraccount.ID, now, until int64) (*Bill, error) {
	var all []Bill
	err := tx.SelectContext(ctx, &all, `
UPDATE lime_bill SET leased = $3
WHERE told = 0 AND leased <= $2 AND id = (
    SELECT MIN(id) FROM lime_bill WHERE user_id = $1 AND told = 0 AND state <> 'open' AND leased <= $2)
RETURNING `+billColumns, user, now, until)
	if err != nil {
		return nil, fmt.Errorf("invoice: bill: %w", err)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return &all[0], nil
}

// BillTold ends a claim: the bill was told, or waits for the next who claims it.
func BillTold(ctx context.Context, tx *db.Tx, id int64, told bool) error {
	query := `UPDATE lime_bill SET leased = 0 WHERE id = $1`
	if told {
		query = `UPDATE lime_bill SET told = 1 WHERE id = $1`
	}
	if _, err := tx.One(ctx, query, id); err != nil {
		return fmt.Errorf("invoice: bill: %w", err)
	}
	return nil
}

// ForgetBills drops those that ended before a time, in seconds, and were told.
func ForgetBills(ctx context.Context, tx *db.Tx, user useraccount.ID, before int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM lime_bill WHERE user_id = $1 AND told = 1 AND ended < $2`, user, before)
	if err != nil {
		return fmt.Errorf("invoice: bills: %w", err)
	}
	return nil
}
