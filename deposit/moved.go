package deposit

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/chain"
)

// asked is how many coins one query is about. It is always as many, so that it
// is one statement.
const asked = 100

// movedQuery finds what is written of coins on our addresses.
var movedQuery = `
WITH sight (txid, vout, address) AS (VALUES ` + sights() + `)
SELECT s.txid, s.vout, c.txid IS NOT NULL AS known, COALESCE(c.state, '') AS state,
       COALESCE(c.confirmations, 0) AS confirmations, COALESCE(c.block, '') AS block,
       COALESCE(c.wallet, '') AS wallet
FROM sight s
JOIN deposit_address a ON a.address = s.address
LEFT JOIN coin c ON c.txid = s.txid AND c.vout = s.vout`

func sights() string {
	rows := make([]string, asked)
	for i := range rows {
		rows[i] = fmt.Sprintf("(CAST($%d AS TEXT), CAST($%d AS BIGINT), CAST($%d AS TEXT))", 3*i+1, 3*i+2, 3*i+3)
	}
	return strings.Join(rows, ", ")
}

// Moved keeps the coins on our addresses that are new, not where they were, or listed by
// another wallet than before. What is on other addresses is change, or the operator's own
// money.
func Moved(ctx context.Context, q sqlx.QueryerContext, w Wallet, coins []chain.Coin) ([]chain.Coin, error) {
	var moved []chain.Coin
	for len(coins) > 0 {
		n := min(len(coins), asked)
		written, err := written(ctx, q, coins[:n])
		if err != nil {
			return nil, err
		}
		for _, c := range coins[:n] {
			was, ours := written[c.Outpoint]
			if !ours || was.Known && was.Confirmations == c.Confirmations && was.Block == c.BlockHash && was.State != Gone && w.Has(was.Wallet) {
				continue
			}
			moved = append(moved, c)
		}
		coins = coins[n:]
	}
	return moved, nil
}

// sight is what is written of a coin on one of our addresses.
type sight struct {
	TxID          string `db:"txid"`
	Vout          uint32
	Known         bool
	State         State
	Confirmations int64
	Block         string
	Wallet        string
}

// written reads what is written of at most as many coins as are asked for.
func written(ctx context.Context, q sqlx.QueryerContext, coins []chain.Coin) (map[chain.Outpoint]sight, error) {
	args := make([]any, 0, 3*asked)
	for i := range asked {
		c := coins[min(i, len(coins)-1)]
		args = append(args, c.TxID, int64(c.Vout), c.Address)
	}
	var rows []sight
	if err := sqlx.SelectContext(ctx, q, &rows, movedQuery, args...); err != nil {
		return nil, fmt.Errorf("deposit: coins: %w", err)
	}
	all := make(map[chain.Outpoint]sight, len(rows))
	for _, s := range rows {
		all[chain.Outpoint{TxID: s.TxID, Vout: s.Vout}] = s
	}
	return all, nil
}
