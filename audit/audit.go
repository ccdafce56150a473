// Package audit proves from the rows, and from the node, that the money is
// where the books say, and that the nodes did nothing which the books do not
// know. It moves no money and no order: what it finds stops payments, when the
// caller keeps a report.
package audit

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/ledger"
)

// rule is what must be so, in words; its query lists what breaks it.
type rule struct{ name, query string }

// rules are what Books checks beside the ledger's own.
var rules = slices.Concat(accounts, budgets, sums, steps)

// Rules are the names of all that Books checks, in its order.
func Rules() []string {
	all := ledger.Rules()
	for _, r := range rules {
		all = append(all, r.name)
	}
	return all
}

// accounts are the rules of what orders, coins and invoices must have in the
// ledger.
var accounts = []rule{
	{"what is held is what live orders set aside", `
SELECT u.jid || ' holds ' || CAST(a.bal AS TEXT) || ' msat, the orders say ' || CAST(COALESCE(o.sum, 0) AS TEXT) AS what
FROM user_account u
JOIN account a ON a.id = u.held
LEFT JOIN (
    SELECT user_id, SUM(amount + CASE WHEN settled > 0 THEN fee ELSE fee_limit END) AS sum
    FROM payment_order
    WHERE state IN ('held', 'sending', 'in_flight', 'stuck')
    GROUP BY user_id
) o ON o.user_id = u.id
WHERE a.bal <> COALESCE(o.sum, 0)`},
	{"a credited coin is credited once and whole, any other not at all", `
SELECT c.txid || ':' || CAST(c.vout AS TEXT) || ' is ' || c.state || ', the ledger has ' || CAST(COALESCE(t.sum, 0) AS TEXT) || ' of ' || CAST(c.amount AS TEXT) || ' msat' AS what
FROM coin c
LEFT JOIN (
    SELECT ref, SUM(CASE WHEN step LIKE 'credit:%' OR step LIKE 'recover:%' THEN amt ELSE -amt END) AS sum
    FROM transfer
    WHERE ref LIKE 'coin:%'
    GROUP BY ref
) t ON t.ref = 'coin:' || c.txid || ':' || CAST(c.vout AS TEXT)
WHERE COALESCE(t.sum, 0) <> CASE WHEN c.state = 'credited' THEN c.amount ELSE 0 END`},
	{"an order in a block, or done, left the books once and whole", `
SELECT 'order ' || CAST(o.id AS TEXT) || ' is ' || o.state || ', the ledger has ' || CAST(COALESCE(t.sum, 0) AS TEXT) || ' msat out' AS what
FROM payment_order o
LEFT JOIN (
    SELECT ref, SUM(CASE WHEN step LIKE 'unsettle:%' THEN -amt ELSE amt END) AS sum
    FROM transfer
    WHERE step LIKE 'settle:%' OR step LIKE 'unsettle:%' OR step = 'pay'
    GROUP BY ref
) t ON t.ref = 'order:' || CAST(o.id AS TEXT)
WHERE COALESCE(t.sum, 0) <> CASE WHEN o.state IN ('confirming', 'done') THEN o.amount + COALESCE(o.fee, 0) ELSE 0 END`},
	{"an order that pays outside has its transaction stored before it is sent", `
SELECT 'order ' || CAST(o.id AS TEXT) || ' is ' || o.state || ' without a stored transaction' AS what
FROM payment_order o
LEFT JOIN effect e ON e.order_id = o.id
WHERE e.order_id IS NULL AND o.to_address IS NOT NULL AND o.state IN ('sending', 'in_flight', 'confirming', 'done', 'stuck')`},
	{"nobody paid more for the network than agreed", `
SELECT 'order ' || CAST(o.id AS TEXT) || ' paid ' || CAST(COALESCE(e.fee, o.fee) AS TEXT) || ' of at most ' || CAST(o.fee_limit AS TEXT) || ' msat' AS what
FROM payment_order o
LEFT JOIN effect e ON e.order_id = o.id
WHERE COALESCE(e.fee, o.fee) > o.fee_limit OR e.fee <> COALESCE(o.fee, -1)`},
	{"a settled invoice is credited once, by what was paid, any other not at all", `
SELECT i.hash || ' is ' || i.state || ', the ledger has ' || CAST(COALESCE(t.sum, 0) + COALESCE(o.sum, 0) AS TEXT) || ' of ' || CAST(COALESCE(i.paid, 0) AS TEXT) || ' msat' AS what
FROM invoice i
LEFT JOIN (SELECT ref, SUM(amt) AS sum FROM transfer WHERE ref LIKE 'invoice:%' GROUP BY ref) t ON t.ref = 'invoice:' || i.hash
LEFT JOIN (
    SELECT payment_hash, SUM(amount) AS sum FROM payment_order WHERE to_user IS NOT NULL AND state = 'done' GROUP BY payment_hash
) o ON o.payment_hash = i.hash
WHERE COALESCE(t.sum, 0) + COALESCE(o.sum, 0) <> COALESCE(i.paid, 0)`},
	{"a payment over Lightning that is done has its proof", `
SELECT 'order ' || CAST(id AS TEXT) || ' has no preimage' AS what
FROM payment_order
WHERE payment_hash IS NOT NULL AND state = 'done' AND preimage IS NULL`},
	{"every transfer belongs to an order, a coin or an invoice", `
SELECT 'transfer ' || CAST(t.id AS TEXT) || ' is for ' || t.ref AS what
FROM (
    -- Sets, for a join by such words would compare each transfer with each order.
    SELECT ref FROM transfer WHERE ref NOT LIKE 'import:%'
    EXCEPT SELECT 'order:' || CAST(id AS TEXT) FROM payment_order
    EXCEPT SELECT 'coin:' || txid || ':' || CAST(vout AS TEXT) FROM coin
    EXCEPT SELECT 'invoice:' || hash FROM invoice
) stray
JOIN transfer t ON t.ref = stray.ref`},
}

// Books checks everything that the database alone can prove. No findings is
// the good answer.
func Books(ctx context.Context, q sqlx.QueryerContext) ([]ledger.Finding, error) {
	all, err := ledger.Audit(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, r := range rules {
		found, err := ledger.Check(ctx, q, r.name, r.query)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}
