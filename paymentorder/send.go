package paymentorder

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Later lets an order go, and says when a worker looks again, in seconds. If
// somebody else took it in hand, it is theirs.
func (o *Order) Later(ctx context.Context, tx *db.Tx, due int64) error {
	_, err := tx.One(ctx, `UPDATE payment_order SET due = $2, taken = 0 WHERE id = $1 AND claim = $3`, o.ID, due, o.Claim)
	return err
}

// Store writes down the signed transaction before anybody else sees it. From
// here on the order has this effect or none.
func (o *Order) Store(ctx context.Context, tx *db.Tx, p chain.Prepared, now int64) error {
	return o.store(ctx, tx, p, now)
}

func (o *Order) store(ctx context.Context, tx *db.Tx, p chain.Prepared, now int64) error {
	inputs, err := json.Marshal(p.Inputs)
	if err != nil {
		return fmt.Errorf("paymentorder: %w", err)
	}
	if p.Fee > o.FeeLimit {
		return fmt.Errorf("paymentorder: %d: fee %d msat above the %d agreed", o.ID, p.Fee, o.FeeLimit)
	}
	if err := o.move(ctx, tx, Store, `, due = $4, fee = $5, node = $6`, now, int64(p.Fee), o.Node); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO effect (order_id, txid, raw, fee, inputs, created) VALUES ($1, $2, $3, $4, $5, $6)`,
		o.ID, p.TxID, p.Raw, int64(p.Fee), string(inputs), now)
	if err != nil {
		return fmt.Errorf("paymentorder: store: %w", err)
	}
	o.TxID, o.Fee = p.TxID, sql.NullInt64{Int64: int64(p.Fee), Valid: true}
	return nil
}

// Effect reads the stored transaction of an order.
func (o *Order) Effect(ctx context.Context, q sqlx.QueryerContext) (chain.Prepared, error) {
	var row struct {
		TxID   string `db:"txid"`
		Raw    []byte
		Fee    amount.Msat
		Inputs string
	}
	if err := sqlx.GetContext(ctx, q, &row, `SELECT txid, raw, fee, inputs FROM effect WHERE order_id = $1`, o.ID); err != nil {
		return chain.Prepared{}, fmt.Errorf("paymentorder: effect of %d: %w", o.ID, err)
	}
	p := chain.Prepared{TxID: row.TxID, Raw: row.Raw, Fee: row.Fee}
	return p, json.Unmarshal([]byte(row.Inputs), &p.Inputs)
}

// Dropped is the reason of an order that its payer had back after confirming it.
const Dropped = "order.failed-dropped"

// Fail gives the money back. It is for an order of which nothing was signed,
// or whose signed transaction was never stored.
func (o *Order) Fail(ctx context.Context, tx *db.Tx, u *useraccount.User, reason string, now int64) error {
	if err := o.move(ctx, tx, Refuse, `, ended = $4, reason = $5`, now, reason); err != nil {
		return err
	}
	return ledger.Post(ctx, tx, ledger.Transfer{Ref: o.Ref(), Step: "release", Debit: u.Held, Credit: u.Money, Amount: o.Total(), At: now})
}

// Broadcasted says that the node has the transaction.
func (o *Order) Broadcasted(ctx context.Context, tx *db.Tx, due int64) error {
	return o.move(ctx, tx, Broadcast, `, due = $4`, due)
}

// lock takes the payer's accounts and the chain's together and in order, as
// Confirm does, and returns the chain's.
func lock(ctx context.Context, tx *db.Tx, u *useraccount.User) (ledger.Account, error) {
	outside, err := ledger.System(ctx, tx, "chain")
	if err != nil {
		return 0, err
	}
	_, err = ledger.Lock(ctx, tx, u.Money, u.Held, outside)
	return outside, err
}

// Mined books the payment: amount and fee leave for the chain, and what was
// set aside for a higher fee goes back to the payer.
func (o *Order) Mined(ctx context.Context, tx *db.Tx, u *useraccount.User, confirmations, due, now int64) error {
	fee := amount.Msat(o.Fee.Int64)
	if !o.Fee.Valid || fee > o.FeeLimit {
		return fmt.Errorf("paymentorder: %d is mined without a known fee", o.ID)
	}
	first := o.Settled == 0
	o.Settled++
	if err := o.move(ctx, tx, Mine, `, due = $4, confirmations = $5, settled = $6`, due, confirmations, o.Settled); err != nil {
		return err
	}
	outside, err := lock(ctx, tx, u)
	if err != nil {
		return err
	}
	err = ledger.Post(ctx, tx, ledger.Transfer{Ref: o.Ref(), Step: fmt.Sprintf("settle:%d", o.Settled), Debit: u.Held, Credit: outside,
		Amount: o.Amount + fee, At: now})
	if err != nil || !first || fee == o.FeeLimit {
		return err
	}
	return ledger.Post(ctx, tx, ledger.Transfer{Ref: o.Ref(), Step: "rest", Debit: u.Held, Credit: u.Money, Amount: o.FeeLimit - fee, At: now})
}

// Unmined books the payment back to held: its block left the best chain.
func (o *Order) Unmined(ctx context.Context, tx *db.Tx, u *useraccount.User, due, now int64) error {
	if err := o.move(ctx, tx, Unmine, `, due = $4, confirmations = 0`, due); err != nil {
		return err
	}
	outside, err := lock(ctx, tx, u)
	if err != nil {
		return err
	}
	return ledger.Post(ctx, tx, ledger.Transfer{Ref: o.Ref(), Step: fmt.Sprintf("unsettle:%d", o.Settled), Debit: outside, Credit: u.Held,
		Amount: o.Amount + amount.Msat(o.Fee.Int64), At: now})
}

// Deeper notes the confirmations of a mined order, and ends it when it is buried.
func (o *Order) Deeper(ctx context.Context, tx *db.Tx, confirmations, final, due, now int64) error {
	if confirmations >= final {
		return o.move(ctx, tx, Bury, `, confirmations = $4, ended = $5`, confirmations, now)
	}
	_, err := tx.One(ctx, `UPDATE payment_order SET confirmations = $2, due = $3, taken = 0 WHERE id = $1 AND state = 'confirming' AND claim = $4`,
		o.ID, confirmations, due, o.Claim)
	return err
}

// Contradicted leaves the money held and the order to the operator: the chain has
// another transaction that spends its coins, or the Lightning node contradicts itself or
// can not tell.
func (o *Order) MarkConflicted(ctx context.Context, tx *db.Tx, due int64) error {
	if o.State == Stuck {
		return o.Later(ctx, tx, due)
	}
	return o.move(ctx, tx, Conflict, `, due = $4`, due)
}

// Back is what is still set aside for an order that was signed: after it was
// mined once, the part of the fee that was not needed is with the payer.
func (o *Order) Back() amount.Msat {
	if o.Settled > 0 {
		return o.Amount + amount.Msat(o.Fee.Int64)
	}
	return o.Total()
}

// Resolve gives the money of a stuck order back: the operator has proved that
// its transaction can never be mined. The reason is a phrase key. It is a
// Conflict while a gateway has the order in hand, and may be paying it.
func (o *Order) Resolve(ctx context.Context, tx *db.Tx, u *useraccount.User, reason string, now int64) error {
	if o.Taken != free && !o.operator {
		return tooLate(o, Resolve)
	}
	if err := o.move(ctx, tx, Resolve, `, ended = $4, reason = $5`, now, reason); err != nil {
		return err
	}
	return ledger.Post(ctx, tx, ledger.Transfer{Ref: o.Ref(), Step: "release", Debit: u.Held, Credit: u.Money, Amount: o.Back(), At: now})
}
