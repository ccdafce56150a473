// Package audit proves from the rows, and from the node, that the money is
// where the books say, and that the nodes did nothing which the books do not
// know. It moves no money and no order: what it finds stops payments, when the
// caller keeps a report.
package audit

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/ledger"
)

// rules are what is checked beside the ledger's own.
var rules = slices.Concat(balances, accounts, budgets, sums, steps)

// Rules are the names of all that Books checks, in its order.
func Rules() []string { return append(ledger.Rules(), names(rules)...) }

// FreshRules are those that Fresh checks.
func FreshRules() []string { return names(slices.Concat(unproved, rules)) }

func names(rules []rule) (all []string) {
	for _, r := range rules {
		all = append(all, r.name)
	}
	return all
}

// accounts are the rules of what orders, coins and invoices must have in the
// ledger.
var accounts = []rule{
	{name: "what is held is what live orders set aside", query: `
SELECT u.jid || ' holds ' || CAST(a.bal AS TEXT) || ' msat, the orders say ' || CAST(COALESCE(o.sum, 0) AS TEXT) AS what
FROM user_account u
JOIN account a ON a.id = u.held
LEFT JOIN (
    SELECT user_id, SUM(amount + CASE WHEN settled > 0 THEN fee ELSE fee_limit END) AS sum
    FROM payment_order
    WHERE {user user_id} AND state IN ('held', 'sending', 'in_flight', 'confirming', 'stuck') AND state <> 'confirming' -- as the index has it
    GROUP BY user_id
) o ON o.user_id = u.id
WHERE {user u.id} AND a.bal <> COALESCE(o.sum, 0)`},
	{name: "a credited coin is credited once and whole, any other not at all", query: `
SELECT c.txid || ':' || CAST(c.vout AS TEXT) || ' is ' || c.state || ', the ledger has ' || CAST(COALESCE(t.sum, 0) AS TEXT) || ' of ' || CAST(c.amount AS TEXT) || ' msat' AS what
FROM coin c
LEFT JOIN (
    SELECT ref, SUM(CASE WHEN step LIKE 'credit:%' OR step LIKE 'recover:%' THEN amt ELSE -amt END) AS sum
    FROM transfer
    WHERE {ref ref} AND ref LIKE 'coin:%'
    GROUP BY ref
) t ON t.ref = 'coin:' || c.txid || ':' || CAST(c.vout AS TEXT)
WHERE {coin CAST(c.txid || ':' || CAST(c.vout AS TEXT) AS TEXT)} AND COALESCE(t.sum, 0) <> CASE WHEN c.state = 'credited' THEN c.amount ELSE 0 END`},
	{name: "an order in a block, or done, left the books once and whole", query: `
SELECT 'order ' || CAST(o.id AS TEXT) || ' is ' || o.state || ', the ledger has ' || CAST(COALESCE(t.sum, 0) AS TEXT) || ' msat out' AS what
FROM payment_order o
LEFT JOIN (
    SELECT ref, SUM(CASE WHEN step LIKE 'unsettle:%' THEN -amt ELSE amt END) AS sum
    FROM transfer
    WHERE {ref ref} AND (step LIKE 'settle:%' OR step LIKE 'unsettle:%' OR step = 'pay')
    GROUP BY ref
) t ON t.ref = 'order:' || CAST(o.id AS TEXT)
WHERE {order o.id} AND COALESCE(t.sum, 0) <> CASE WHEN o.state IN ('confirming', 'done') THEN o.amount + COALESCE(o.fee, 0) ELSE 0 END`},
	{name: "an order that pays outside has its transaction stored before it is sent", query: `
SELECT 'order ' || CAST(o.id AS TEXT) || ' is ' || o.state || ' without a stored transaction' AS what
FROM payment_order o
LEFT JOIN effect e ON e.order_id = o.id
WHERE {order o.id} AND e.order_id IS NULL AND o.to_address IS NOT NULL AND o.state IN ('sending', 'in_flight', 'confirming', 'done', 'stuck')`},
	{name: "nobody paid more for the network than agreed", query: `
SELECT 'order ' || CAST(o.id AS TEXT) || ' paid ' || CAST(COALESCE(e.fee, o.fee) AS TEXT) || ' of at most ' || CAST(o.fee_limit AS TEXT) || ' msat' AS what
FROM payment_order o
LEFT JOIN effect e ON e.order_id = o.id
WHERE {order o.id} AND (COALESCE(e.fee, o.fee) > o.fee_limit OR e.fee <> COALESCE(o.fee, -1))`},
	{name: "a settled invoice is credited once, by what was paid, any other not at all", query: `
SELECT i.hash || ' is ' || i.state || ', the ledger has ' || CAST(COALESCE(t.sum, 0) + COALESCE(o.sum, 0) AS TEXT) || ' of ' || CAST(COALESCE(i.paid, 0) AS TEXT) || ' msat' AS what
FROM invoice i
LEFT JOIN (SELECT ref, SUM(amt) AS sum FROM transfer WHERE {ref ref} AND ref LIKE 'invoice:%' GROUP BY ref) t ON t.ref = 'invoice:' || i.hash
LEFT JOIN (
    SELECT payment_hash, SUM(amount) AS sum FROM payment_order WHERE {invoice payment_hash} AND to_user IS NOT NULL AND state = 'done' GROUP BY payment_hash
) o ON o.payment_hash = i.hash
WHERE {invoice i.hash} AND COALESCE(t.sum, 0) + COALESCE(o.sum, 0) <> COALESCE(i.paid, 0)`},
	{name: "a payment over Lightning that is done has its proof", query: `
SELECT 'order ' || CAST(id AS TEXT) || ' has no preimage' AS what
FROM payment_order
WHERE {order id} AND payment_hash IS NOT NULL AND state = 'done' AND preimage IS NULL`},
	{name: "every transfer belongs to an order, a coin or an invoice", query: `
SELECT 'transfer ' || CAST(t.id AS TEXT) || ' is for ' || t.ref AS what
FROM (
    -- Sets, for a join by such words would compare each transfer with each order.
    SELECT ref FROM transfer WHERE {ref ref} AND ref NOT LIKE 'import:%'
    EXCEPT SELECT 'order:' || CAST(id AS TEXT) FROM payment_order WHERE {order id}
    EXCEPT SELECT 'coin:' || txid || ':' || CAST(vout AS TEXT) FROM coin WHERE {coin CAST(txid || ':' || CAST(vout AS TEXT) AS TEXT)}
    EXCEPT SELECT 'invoice:' || hash FROM invoice WHERE {invoice hash}
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
	return check(ctx, q, all, rules, rule.all)
}

// Fresh checks what is new. It finds what Books finds, but for what was changed past the
// triggers that name it, and for sums of all accounts. No findings is the good answer.
func Fresh(ctx context.Context, q sqlx.QueryerContext, on db.Dialect) ([]ledger.Finding, error) {
	return check(ctx, q, nil, slices.Concat(unproved, rules), func(r rule) string { return r.new(on) })
}

// check adds what breaks some rules.
func check(ctx context.Context, q sqlx.QueryerContext, found []ledger.Finding, rules []rule, query func(rule) string) ([]ledger.Finding, error) {
	for _, r := range rules {
		more, err := ledger.Check(ctx, q, r.name, query(r))
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}
