package invoice

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// What can pay an open bill: its invoice; as much from the payer, if that is a
// neighbour; a coin on its address. Bills may have an address in common, so a
// coin that is what was asked for goes before one that is more.
const payments = `
SELECT id, proof, ended FROM (
    SELECT b.id, b.hash AS proof, i.settled AS ended, 0 AS fit
    FROM lime_bill b JOIN invoice i ON i.hash = b.hash
    WHERE b.user_id = $1 AND b.state = 'open' AND i.state = 'settled'
    UNION ALL
    SELECT b.id, '#' || CAST(s.n AS TEXT), s.at, 0
    FROM lime_bill b JOIN statement s ON s.user_id = b.user_id AND s.n > b.line AND s.incoming = 1 AND s.peer = b.payer AND s.amount = b.amount
    WHERE b.user_id = $1 AND b.state = 'open' AND b.payer <> ''
    UNION ALL
    SELECT b.id, c.txid || ':' || CAST(c.vout AS TEXT), c.seen, CASE WHEN c.amount - b.amount < 1000 THEN 0 ELSE 1 END
    FROM lime_bill b JOIN coin c ON c.user_id = b.user_id AND c.address = b.address AND c.state = 'credited' AND c.amount >= b.amount
    WHERE b.user_id = $1 AND b.state = 'open'
) AS p
WHERE NOT EXISTS (SELECT 1 FROM lime_bill o WHERE o.user_id = $1 AND o.proof = p.proof)
ORDER BY fit, ended, proof, id`

// PaidBills lists the open bills of a user that were paid, with what paid them
// and when. One payment pays one of them, of equal ones the oldest.
func PaidBills(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID) ([]Bill, error) {
	var all, paid []Bill
	if err := sqlx.SelectContext(ctx, q, &all, payments, user); err != nil {
		return nil, fmt.Errorf("invoice: bills: %w", err)
	}
	done, spent := map[int64]bool{}, map[string]bool{}
	for _, b := range all {
		if !done[b.ID] && !spent[b.Proof] {
			done[b.ID], spent[b.Proof] = true, true
			paid = append(paid, b)
		}
	}
	return paid, nil
}

// PayBill ends a bill that was paid. It is an error if its proof is another's: an
// instance of the gateway was faster, and has to be asked again.
func PayBill(ctx context.Context, tx *db.Tx, b Bill) error {
	_, err := tx.One(ctx, `UPDATE lime_bill SET state = 'paid', proof = $2, ended = $3 WHERE id = $1 AND state = 'open'`, b.ID, b.Proof, b.Ended)
	if err != nil {
		return fmt.Errorf("invoice: bill: %w", err)
	}
	return nil
}

// unpaid is of an open bill b that has not been paid and is not just being paid:
// by a neighbour who confirmed, or by a coin that waits for its confirmations.
const unpaid = `
    b.state = 'open'
AND NOT EXISTS (SELECT 1 FROM invoice i WHERE i.hash = b.hash AND i.state <> 'open')
AND NOT EXISTS (SELECT 1 FROM payment_order o WHERE o.payment_hash = b.hash AND o.state NOT IN ('new', 'failed', 'cancelled', 'expired'))
AND NOT EXISTS (
    SELECT 1 FROM statement s
    WHERE s.user_id = b.user_id AND s.n > b.line AND s.incoming = 1 AND s.peer = b.payer AND s.amount = b.amount AND b.payer <> ''
      AND NOT EXISTS (SELECT 1 FROM lime_bill o WHERE o.user_id = b.user_id AND o.proof = '#' || CAST(s.n AS TEXT)))
AND NOT EXISTS (
    SELECT 1 FROM coin c
    WHERE c.user_id = b.user_id AND c.address = b.address AND c.state IN ('seen', 'credited') AND c.amount >= b.amount
      AND NOT EXISTS (SELECT 1 FROM lime_bill o WHERE o.user_id = b.user_id AND o.proof = c.txid || ':' || CAST(c.vout AS TEXT)))
`

// DueBills lists up to limit bills of a user that nobody pays, and whose time ran
// out, or whose invoice was taken back, the oldest first.
func DueBills(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID, now int64, limit int) ([]Bill, error) {
	var all []Bill
	err := sqlx.SelectContext(ctx, q, &all, `
SELECT `+billColumns+` FROM lime_bill b
WHERE b.user_id = $1 AND `+unpaid+`
  AND (b.ends <= $2 OR EXISTS (SELECT 1 FROM invoice i WHERE i.hash = b.hash AND i.expires <= $2))
ORDER BY b.id LIMIT $3`, user, now, limit)
	if err != nil {
		return nil, fmt.Errorf("invoice: bills: %w", err)
	}
	return all, nil
}

// CancelBill ends a bill that nobody can pay over Lightning any more, unless
// somebody paid it just now.
func CancelBill(ctx context.Context, tx *db.Tx, id, now int64) error {
	_, err := tx.One(ctx, `UPDATE lime_bill AS b SET state = 'cancelled', ended = $2 WHERE b.id = $1 AND `+unpaid, id, now)
	if err != nil {
		return fmt.Errorf("invoice: bill: %w", err)
	}
	return nil
}
