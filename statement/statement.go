// Package statement is what a user reads as history: numbered lines, each
// written in the transaction that made it true.
package statement

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
)

// Line is one movement as its user sees it. What became of the order or the
// coin behind it is read from there, so that a line never grows stale.
type Line struct {
	User     int64 `db:"user_id"`
	N        int64 // number among the user's lines, from 1
	At       int64 // seconds
	Incoming bool
	Amount   amount.Msat // without fee
	Peer     string      // who or where, as said then
	Memo     string
	Order    sql.NullInt64  `db:"order_id"`
	Coin     sql.NullString // "txid:vout"
	Invoice  sql.NullString // payment hash, hexadecimal, of what came over Lightning

	// Of the order or the coin, when read.
	State         string
	Fee           amount.Msat // paid, or the limit while that is not known
	TxID          string      `db:"txid"`
	Confirmations int64
	Held          amount.Msat // still set aside
	Hash          string      // payment hash, hexadecimal
	Preimage      string      // proof of a payment over Lightning
	Given         int64       // nodes of the network that took the transaction from us
	Seen          int64       // others that announced it
}

// ByLightning is the peer of what came over Lightning, which does not say who
// pays; a neighbour who pays an invoice says no more.
const ByLightning = "Lightning"

// Add writes the next line of a user. The caller has moved money on the
// user's account in this transaction, so the numbers cannot collide.
func Add(ctx context.Context, tx *db.Tx, l Line) (int64, error) {
	var n Numbers
	err := tx.Run(ctx, n.Add(l))
	return n.First, err
}

// Numbers are those that lines got among the lines of their users.
type Numbers struct{ First, Last int64 }

// Add is the statement of Add, for who sends it together with others.
func (n *Numbers) Add(l Line) db.Statement { return n.add(insert+row, l) }

// AddBoth is Add for the lines of two users, in one statement.
func (n *Numbers) AddBoth(l, other Line) db.Statement {
	return n.add(insert+row+`, `+second, l, other)
}

const insert = `
INSERT INTO statement (user_id, n, at, incoming, amount, peer, memo, order_id, coin, invoice)
VALUES `

const row = `($1, (SELECT COALESCE(MAX(n), 0) + 1 FROM statement WHERE user_id = $1), $2, $3, $4, $5, $6, $7, $8, $9)`

const second = `($10, (SELECT COALESCE(MAX(n), 0) + 1 FROM statement WHERE user_id = $10), $11, $12, $13, $14, $15, $16, $17, $18)`

func (n *Numbers) add(query string, lines ...Line) db.Statement {
	var args []any
	for _, l := range lines {
		incoming := 0
		if l.Incoming {
			incoming = 1
		}
		args = append(args, l.User, l.At, incoming, int64(l.Amount), l.Peer, l.Memo, l.Order, l.Coin, l.Invoice)
	}
	var made []struct {
		User int64 `db:"user_id"`
		N    int64
	}
	return db.Statement{Query: query + ` RETURNING user_id, n`, Args: args, Into: &made, Then: func(_ int64, err error) error {
		if err != nil {
			return fmt.Errorf("statement: %w", err)
		}
		for _, m := range made { // in any order
			if m.User == lines[0].User {
				n.First = m.N
			}
			if m.User == lines[len(lines)-1].User {
				n.Last = m.N
			}
		}
		return nil
	}}
}

const columns = `
SELECT s.user_id, s.n, s.at, s.incoming, s.amount, s.peer, s.memo, s.order_id, s.coin, s.invoice,
       COALESCE(o.state, c.state, 'done') AS state,
       CASE WHEN s.incoming = 1 THEN 0 ELSE COALESCE(o.fee, o.fee_limit, 0) END AS fee,
       COALESCE(e.txid, c.txid, '') AS txid,
       COALESCE(o.confirmations, c.confirmations, 0) AS confirmations,
       CASE WHEN s.incoming = 0 AND o.state IN ('held', 'sending', 'in_flight', 'stuck')
            THEN o.amount + CASE WHEN o.settled > 0 THEN o.fee ELSE o.fee_limit END
            ELSE 0 END AS held,
       COALESCE(o.payment_hash, s.invoice, '') AS hash,
       CASE WHEN s.incoming = 1 THEN '' ELSE COALESCE(o.preimage, '') END AS preimage,
       CASE WHEN s.incoming = 1 THEN 0 ELSE COALESCE(r.given, 0) END AS given,
       CASE WHEN s.incoming = 1 THEN 0 ELSE COALESCE(r.seen, 0) END AS seen
FROM statement s
LEFT JOIN payment_order o ON o.id = s.order_id
LEFT JOIN effect e ON e.order_id = s.order_id
LEFT JOIN relay r ON r.order_id = s.order_id
LEFT JOIN coin c ON CAST(c.txid || ':' || CAST(c.vout AS TEXT) AS TEXT) = s.coin
`

// Filter narrows a list: 0 and "" take everything.
type Filter struct {
	Before int64  // only lines with a smaller number
	Way    string // "in" or "out"
	Peer   string // only with that peer
	Limit  int
}

// List reads the newest lines first.
func List(ctx context.Context, q sqlx.QueryerContext, user int64, f Filter) ([]Line, error) {
	var all []Line
	err := sqlx.SelectContext(ctx, q, &all, columns+`
WHERE s.user_id = $1
  AND ($2 = 0 OR s.n < $2)
  AND ($3 = '' OR s.incoming = CASE $3 WHEN 'in' THEN 1 ELSE 0 END)
  AND ($4 = '' OR s.peer = $4)
ORDER BY s.n DESC
LIMIT $5`, user, f.Before, f.Way, f.Peer, f.Limit)
	if err != nil {
		return nil, fmt.Errorf("statement: %w", err)
	}
	return all, nil
}

// ErrUnknown is the fault of a line {n} that the user has not.
var ErrUnknown = fault.Define(fault.NotFound, "tx.unknown")

// Find reads one line by its number; ErrUnknown if there is none.
func Find(ctx context.Context, q sqlx.QueryerContext, user, n int64) (*Line, error) {
	var l []Line
	if err := sqlx.SelectContext(ctx, q, &l, columns+`WHERE s.user_id = $1 AND s.n = $2`, user, n); err != nil {
		return nil, fmt.Errorf("statement: %w", err)
	}
	if len(l) == 0 {
		return nil, ErrUnknown.With(fault.Args{"n": n})
	}
	return &l[0], nil
}
