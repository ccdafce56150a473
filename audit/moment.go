package audit

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// moment is what the books say at one instant.
type moment struct {
	owed amount.Msat                     // that chain and Lightning owe to all accounts here
	left map[paymentorder.ID]amount.Msat // by the order: what left with it, the fee included; 0 if it is not booked
}

// now reads a moment, in one statement: it has the orders to the outside that are
// under way, and those that are done lately. Without a Lightning node what was paid
// over Lightning is not owed by the wallet.
func (l *look) now(ctx context.Context, channels bool) (moment, error) {
	names := []any{"chain", "chain"}
	if channels {
		names[1] = "lightning"
	}
	var rows []struct {
		Order paymentorder.ID `db:"id"` // 0 is what is owed
		Msat  amount.Msat
	}
	err := sqlx.SelectContext(ctx, l.q, &rows, `
SELECT 0 AS id, CAST(-SUM(bal) AS BIGINT) AS msat FROM account WHERE name IN ($1, $2)
UNION ALL
SELECT id, CASE WHEN state IN ('confirming', 'done') THEN amount + COALESCE(fee, 0) ELSE 0 END
FROM payment_order
WHERE to_user IS NULL AND id IN (
    SELECT id FROM payment_order WHERE state IN ('held', 'sending', 'in_flight', 'confirming', 'stuck') AND amount > 0
    UNION ALL
    SELECT id FROM payment_order WHERE to_user IS NULL AND state = 'done' AND ended > $3)`, append(names, l.at-aDayAndABit)...)
	if err != nil {
		return moment{}, fmt.Errorf("audit: moment: %w", err)
	}
	m := moment{left: map[paymentorder.ID]amount.Msat{}}
	for _, r := range rows {
		if r.Order == 0 {
			m.owed = r.Msat
		} else {
			m.left[r.Order] = r.Msat
		}
	}
	return m, nil
}

// since is what left the nodes, in msat, and was not booked at an earlier moment:
// what was booked from then to this one, and what the nodes say to have left of
// what is not booked. Each order counts once.
func (m moment) since(then moment, left map[paymentorder.ID]amount.Msat) (sum amount.Msat) {
	for id, msat := range m.left {
		if then.left[id] == 0 {
			sum += max(msat, left[id])
		}
	}
	for id, msat := range left {
		if _, met := m.left[id]; !met && then.left[id] == 0 {
			sum += msat
		}
	}
	return sum
}
