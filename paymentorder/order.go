// Package paymentorder is a payment from the moment it is asked for until it
// is history: drafted, confirmed by a code, set aside, sent and buried.
package paymentorder

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// ID is the number of an order: payment_order.id.
type ID int64

// Order is one payment order.
type Order struct {
	ID            ID
	User          useraccount.ID `db:"user_id"`
	Code          string
	State         State
	ToUser        sql.Null[useraccount.ID] `db:"to_user"`      // a neighbour, or
	ToAddress     sql.NullString           `db:"to_address"`   // an address on the chain, or
	Hash          sql.NullString           `db:"payment_hash"` // an invoice; with ToUser it is a neighbour's
	Invoice       string                   // BOLT 11
	OpenAmount    bool                     `db:"open_amount"` // the invoice leaves the amount to the payer
	Preimage      sql.NullString           // proof that the invoice was paid, hexadecimal
	Success       string                   // what the payee wants said when it is paid, as JSON of lnurl.Success (LUD-09)
	SaidTo        string                   `db:"said_to"` // the recipient as the payer knows it
	SaidAt        string                   `db:"said_at"` // local part of the contact it was ordered from
	Amount        amount.Msat              // what the recipient gets
	FeeLimit      amount.Msat              `db:"fee_limit"` // set aside for the network
	Fee           sql.NullInt64            // msat really paid, once known
	Speed         string                   // "slow", "normal", "fast"; "" inside
	FeeRate       int64                    `db:"fee_rate"` // sat per 1000 virtual bytes when quoted
	Memo          string
	ClientKey     string `db:"client_key"`
	Created       int64
	Expires       int64
	Confirmed     sql.NullInt64
	Ended         sql.NullInt64
	Due           int64
	Tries         int
	Claim         int64         // number of the last who took it in hand
	Taken         int           // 1: somebody has it in hand; 2: whoever had it is silent
	Attempt       uint64        // number of the last attempt to pay the hash that the node knew before this order began; 0: none
	Node          string        // public key of the Lightning node at which it began, or a key of the wallet that signed it (deposit.Wallet); "" of one that has none
	Begun         sql.NullInt64 // when it began to pay an invoice
	Calls         int           // how often the node was called, or was about to be, to pay the invoice
	Answered      int           // how many of those calls have ended
	Confirmations int64
	Settled       int // how often it was booked as mined
	Reason        string
	TxID          string           `db:"txid"`
	ByHand        bool             `db:"by_hand"` // an operator booked it as paid, whatever the node says
	ByApp         sql.Null[app.ID] `db:"by_app"`  // the app that confirmed it out of its budget; NULL the user in person

	operator bool // who took it in hand is an operator
}

// Inside reports that the order pays a neighbour, in the ledger alone.
func (o *Order) Internal() bool { return o.ToUser.Valid }

// Lightning reports that the order pays an invoice, ours or another's.
func (o *Order) Lightning() bool { return o.Hash.Valid }

// Kind is what the order pays.
func (o *Order) Kind() Kind {
	switch {
	case o.Lightning():
		return Lightning
	case o.Internal():
		return Inside
	}
	return OnChain
}

// Ref names the order in the ledger.
func (o *Order) Ref() string { return fmt.Sprintf("order:%d", o.ID) }

// Total is what is set aside: the amount and the most the network may take.
func (o *Order) Total() amount.Msat { return o.Amount + o.FeeLimit }

const columns = `SELECT ` + fields + from

const fields = `
       o.id, o.user_id, o.code, o.state, o.to_user, o.to_address, o.payment_hash, o.invoice, o.open_amount, o.preimage, o.success, o.said_to, o.said_at, o.amount, o.fee_limit, o.fee,
       o.speed, o.fee_rate, o.memo, o.client_key, o.created, o.expires, o.confirmed, o.ended, o.due, o.tries, o.claim, o.taken, o.attempt, o.node, o.begun, o.calls, o.answered,
       o.confirmations, o.settled, o.reason, o.by_hand, o.by_app, COALESCE(e.txid, '') AS txid`

const from = `
FROM payment_order o
LEFT JOIN effect e ON e.order_id = o.id
`

// What waits for its code and what is under way, in the words of the indexes. Those of
// one user are found by indexes of their own. Who looks at those of all users says ofAll,
// which is true of each order: an index that says so is no choice for one user's. To
// PostgreSQL one is as good as the other where it counted few that wait, and then many came.
// Who reads all that one user ever ordered says ofUser, which is true of each order, too.
const (
	waiting  = `state = 'new'`
	underWay = `state IN ('held', 'sending', 'in_flight', 'confirming', 'stuck')`
	ofAll    = `amount > 0`
	ofUser   = `fee_limit >= 0`

	allUnderWay = `o.id IN (SELECT id FROM payment_order WHERE ` + underWay + ` AND ` + ofAll + `)`
	// outsideSince are those, and what was paid to the outside after $1.
	outsideSince = `o.id IN (SELECT id FROM payment_order WHERE ` + underWay + ` AND ` + ofAll + `
UNION ALL SELECT id FROM payment_order WHERE to_user IS NULL AND state = 'done' AND ended > $1)`
)

const byCode = `WHERE o.user_id = $1 AND o.code = $2 AND o.code <> ''`

// ByCode finds the order of a user with that code, of which there is one for
// good: who has found it goes on by its number.
func ByCode(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID, code string) (*Order, error) {
	return one(ctx, q, byCode, fault.Args{"code": code}, user, code)
}

// ByID finds an order by number.
func ByID(ctx context.Context, q sqlx.QueryerContext, id ID) (*Order, error) {
	return one(ctx, q, `WHERE o.id = $1`, fault.Args{"code": fmt.Sprint(id)}, id)
}

// ByKey finds the order that a request made, for corrections of it.
func ByKey(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID, key string) (*Order, error) {
	return one(ctx, q, `WHERE o.user_id = $1 AND o.client_key = $2 AND o.client_key <> '' ORDER BY o.id DESC LIMIT 1`, fault.Args{"code": ""}, user, key)
}

func one(ctx context.Context, q sqlx.QueryerContext, where string, args fault.Args, by ...any) (*Order, error) {
	var o Order
	if err := find(ctx, q, &o, columns+where, args, by...); err != nil {
		return nil, err
	}
	return &o, nil
}

// find reads one row; ErrUnknown with the arguments if there is none.
func find(ctx context.Context, q sqlx.QueryerContext, to any, query string, args fault.Args, by ...any) error {
	return found(sqlx.GetContext(ctx, q, to, query, by...), args)
}

func found(err error, args fault.Args) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrUnknown.With(args)
	}
	if err != nil {
		return fmt.Errorf("paymentorder: %w", err)
	}
	return nil
}

// Newest is the number of the newest order of all users; 0 if there is none.
func Newest(ctx context.Context, q sqlx.QueryerContext) (id ID, err error) {
	if err := sqlx.GetContext(ctx, q, &id, `SELECT COALESCE(MAX(id), 0) FROM payment_order`); err != nil {
		return 0, fmt.Errorf("paymentorder: %w", err)
	}
	return id, nil
}

// Waiting lists a user's orders that wait for their code, oldest first.
func Waiting(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID, now int64) ([]Order, error) {
	return list(ctx, q, `WHERE o.user_id = $1 AND `+waiting+` AND o.expires > $2 ORDER BY o.id`, user, now)
}

// UnderWay lists a user's orders that are confirmed and not buried yet.
func UnderWay(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID) ([]Order, error) {
	return list(ctx, q, `WHERE o.user_id = $1 AND `+underWay+` ORDER BY o.id`, user)
}

// Stored lists the orders whose transaction is stored and not in a block.
func Stored(ctx context.Context, q sqlx.QueryerContext) ([]Order, error) {
	return list(ctx, q, `WHERE `+allUnderWay+` AND o.to_address IS NOT NULL AND o.state IN ('sending', 'in_flight') ORDER BY o.id`)
}

// AllUnderWay lists everybody's orders that are confirmed and not buried yet, for
// the operator.
func AllUnderWay(ctx context.Context, q sqlx.QueryerContext) ([]Order, error) {
	return list(ctx, q, `WHERE `+allUnderWay+` ORDER BY o.id`)
}

// Outside lists every order with a stored transaction, for the audit.
func Outside(ctx context.Context, q sqlx.QueryerContext) ([]Order, error) {
	return list(ctx, q, `WHERE e.txid IS NOT NULL ORDER BY o.id`)
}

func list(ctx context.Context, q sqlx.QueryerContext, where string, by ...any) ([]Order, error) {
	var all []Order
	if err := sqlx.SelectContext(ctx, q, &all, columns+where, by...); err != nil {
		return nil, fmt.Errorf("paymentorder: %w", err)
	}
	return all, nil
}
