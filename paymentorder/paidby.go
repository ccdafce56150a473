package paymentorder

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/freeze"
)

// paid is one output of a transaction, as freeze.Cause.Pays has it.
type paid struct {
	Address string      `json:"address"`
	Amount  amount.Msat `json:"amount"`
}

// Pays is whom a transaction paid, for freeze.Cause.Pays.
func Pays(all []chain.Output) (string, error) {
	outs := make([]paid, 0, len(all))
	for _, o := range all {
		outs = append(outs, paid(o))
	}
	text, err := json.Marshal(outs)
	return string(text), err
}

// For lists the orders that have not ended and pay what a transaction paid that no order
// made, which Pays wrote down: the same amount to the same address, the oldest first. If
// the books are an older copy, it is one of those that made it. What was ordered after the
// transaction was found did not: whoever knows what was found could order it, too.
func For(ctx context.Context, q sqlx.QueryerContext, found freeze.Cause) ([]Order, error) {
	return paying(ctx, q, found, `
WHERE (`+allUnderWay+` AND o.state <> 'confirming'
       OR o.id IN (SELECT id FROM payment_order WHERE `+waiting+` AND `+ofAll+`))
  AND o.to_address = $1 AND o.amount = $2 AND o.id <= $3 ORDER BY o.id`)
}

// lately is how many orders are read for one that has ended: what newer books sent was
// young when they were copied.
const lately = 10_000

// EndedFor lists the orders that pay the same, were there when the transaction was found,
// and have ended without a payment by these books, as one whose code ran out while they were
// restored; the newest first, a few. Newer books may have sent it, and its payer has the money.
func EndedFor(ctx context.Context, q sqlx.QueryerContext, found freeze.Cause) ([]Order, error) {
	return paying(ctx, q, found, `
WHERE o.state IN ('failed', 'cancelled', 'expired')
  AND o.to_address = $1 AND o.amount = $2 AND o.id <= $3 AND o.id > $4 ORDER BY o.id DESC LIMIT 9`, found.Orders-lately)
}

// paying lists the orders for each amount to an address that a transaction paid.
func paying(ctx context.Context, q sqlx.QueryerContext, found freeze.Cause, where string, more ...any) (all []Order, err error) {
	if found.Pays == "" {
		return nil, nil
	}
	var outs []paid
	if err := json.Unmarshal([]byte(found.Pays), &outs); err != nil {
		return nil, fmt.Errorf("paymentorder: what was paid: %w", err)
	}
	met := map[paid]bool{}
	for _, out := range outs {
		if met[out] || out.Address == "" {
			continue
		}
		met[out] = true
		these, err := list(ctx, q, where, append([]any{out.Address, int64(out.Amount), found.Orders}, more...)...)
		if err != nil {
			return nil, err
		}
		all = append(all, these...)
	}
	return all, nil
}
