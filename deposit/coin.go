package deposit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// State is how far a coin is.
type State string

const (
	Seen     State = "seen"     // waiting for confirmations
	Small    State = "small"    // below the minimum: never credited
	Credited State = "credited" // on the user's account
	Reorged  State = "reorged"  // was credited, then its block went; booked back
	Gone     State = "gone"     // never confirmed and cannot be any more
)

// Coin is one output paid to one of our addresses.
type Coin struct {
	TxID          string `db:"txid"`
	Vout          uint32
	Address       string
	User          useraccount.ID `db:"user_id"`
	Amount        amount.Msat
	State         State
	Round         int         // how often it was credited
	Shortage      amount.Msat // what the user no longer had at the last reversal
	Confirmations int64
	Needed        int64 // confirmations until it counts, by the rules of when it was first seen
	Block         string
	Height        int64
	Seen          int64
	Wallet        string // a key of the wallet that listed it last; "" if nobody knows
}

// Key names the coin in the ledger and in statements.
func (c *Coin) Key() string { return fmt.Sprintf("%s:%d", c.TxID, c.Vout) }

const coinColumns = `
SELECT txid, vout, address, user_id, amount, state, round, shortage, confirmations, needed, block, height, seen, wallet FROM coin
`

// Find reads a coin; nil if it was never seen.
func Find(ctx context.Context, q sqlx.QueryerContext, o chain.Outpoint) (*Coin, error) {
	var c Coin
	err := sqlx.GetContext(ctx, q, &c, coinColumns+`WHERE txid = $1 AND vout = $2`, o.TxID, int64(o.Vout))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("deposit: coin: %w", err)
	}
	return &c, nil
}

// Young lists the coins that a reorganisation could still take: those with
// fewer than depth confirmations, and those that are not where they were.
func Young(ctx context.Context, q sqlx.QueryerContext, depth int64) ([]Coin, error) {
	var all []Coin
	err := sqlx.SelectContext(ctx, q, &all, coinColumns+`WHERE confirmations < $1 AND state IN ('seen', 'small', 'credited', 'reorged')`, depth)
	if err != nil {
		return nil, fmt.Errorf("deposit: coins: %w", err)
	}
	return all, nil
}

// All lists every coin, for the audit.
func All(ctx context.Context, q sqlx.QueryerContext) ([]Coin, error) {
	var all []Coin
	err := sqlx.SelectContext(ctx, q, &all, coinColumns+`ORDER BY seen, txid, vout`)
	return all, err
}

// Loose lists the coins that Young lists, those that went, and those that were
// never credited: all that may be elsewhere than where they were.
func Loose(ctx context.Context, q sqlx.QueryerContext, depth int64) ([]Coin, error) {
	var all []Coin
	err := sqlx.SelectContext(ctx, q, &all, coinColumns+`WHERE confirmations < $1 OR state <> 'credited' ORDER BY seen, txid, vout`, depth)
	if err != nil {
		return nil, fmt.Errorf("deposit: coins: %w", err)
	}
	return all, nil
}

// add records a coin at first sight.
func add(ctx context.Context, tx *db.Tx, c *Coin) (bool, error) {
	ok, err := tx.One(ctx, `
INSERT INTO coin (txid, vout, address, user_id, amount, state, confirmations, block, height, seen, needed, wallet)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (txid, vout) DO NOTHING`,
		c.TxID, int64(c.Vout), c.Address, c.User, int64(c.Amount), c.State, c.Confirmations, c.Block, c.Height, c.Seen, c.Needed, c.Wallet)
	if err != nil || !ok {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE deposit_address SET used = 1 WHERE address = $1`, c.Address)
	return true, err
}

// save writes what changed; false if another instance moved it first.
func (c *Coin) save(ctx context.Context, tx *db.Tx, was State) (bool, error) {
	return tx.One(ctx, `
UPDATE coin SET state = $3, round = $4, shortage = $5, confirmations = $6, block = $7, height = $8, wallet = $9
WHERE txid = $1 AND vout = $2 AND state = $10`,
		c.TxID, int64(c.Vout), c.State, c.Round, int64(c.Shortage), c.Confirmations, c.Block, c.Height, c.Wallet, was)
}
