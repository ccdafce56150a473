package audit

// steps are the rules of what may be booked under a reference: which steps,
// between whose accounts, and for orders how much. A transfer that nothing
// allows is listed, though its reference be a true one. A neighbour is paid by the
// payer, or out of what was set aside for that: for an invoice, and in orders of old.
var steps = []rule{
	{name: "a transfer of an order is one of its steps, between its accounts, by its amount", query: `
SELECT 'transfer ' || CAST(t.id AS TEXT) || ' is ' || t.ref || ' ' || t.step || ', ' || CAST(t.amt AS TEXT) || ' msat from account '
    || CAST(t.debit AS TEXT) || ' to ' || CAST(t.credit AS TEXT) AS what
FROM payment_order o
JOIN transfer t ON t.ref = 'order:' || CAST(o.id AS TEXT)
JOIN user_account u ON u.id = o.user_id
LEFT JOIN user_account p ON p.id = o.to_user
JOIN account outside ON outside.name = CASE WHEN o.to_address IS NULL THEN 'lightning' ELSE 'chain' END
WHERE {order o.id} AND CASE
    WHEN t.step = 'hold' THEN t.debit = u.money AND t.credit = u.held AND t.amt = o.amount + o.fee_limit
    WHEN t.step = 'pay' THEN t.credit = COALESCE(p.money, 0) AND t.amt = o.amount
        AND t.debit = CASE WHEN o.payment_hash IS NOT NULL OR EXISTS (SELECT 1 FROM transfer h WHERE h.ref = t.ref AND h.step = 'hold')
                           THEN u.held ELSE u.money END
    WHEN t.step LIKE 'settle:%' THEN o.to_user IS NULL AND t.debit = u.held AND t.credit = outside.id AND t.amt = o.amount + COALESCE(o.fee, 0)
    WHEN t.step LIKE 'unsettle:%' THEN o.to_user IS NULL AND t.debit = outside.id AND t.credit = u.held AND t.amt = o.amount + COALESCE(o.fee, 0)
    WHEN t.step = 'rest' THEN t.debit = u.held AND t.credit = u.money AND t.amt = o.fee_limit - COALESCE(o.fee, 0)
    WHEN t.step = 'release' THEN t.debit = u.held AND t.credit = u.money
        AND (t.amt = o.amount + o.fee_limit OR o.settled > 0 AND t.amt = o.amount + COALESCE(o.fee, 0))
    ELSE FALSE
END IS NOT TRUE`},
	{name: "a transfer of a coin is one of its steps, between its accounts", query: `
SELECT 'transfer ' || CAST(t.id AS TEXT) || ' is ' || t.ref || ' ' || t.step AS what
FROM coin c
JOIN transfer t ON t.ref = 'coin:' || c.txid || ':' || CAST(c.vout AS TEXT)
JOIN user_account u ON u.id = c.user_id
JOIN account outside ON outside.name = 'chain'
JOIN account loss ON loss.name = 'loss'
WHERE {coin CAST(c.txid || ':' || CAST(c.vout AS TEXT) AS TEXT)} AND CASE
    WHEN t.step LIKE 'credit:%' THEN t.debit = outside.id AND t.credit = u.money
    WHEN t.step LIKE 'recover:%' THEN t.debit = outside.id AND t.credit = loss.id
    WHEN t.step LIKE 'reverse:%' THEN t.debit = u.money AND t.credit = outside.id
    WHEN t.step LIKE 'lose:%' THEN t.debit = loss.id AND t.credit = outside.id
    ELSE FALSE
END IS NOT TRUE`},
	{name: "a transfer of an invoice is its one step, between its accounts", query: `
SELECT 'transfer ' || CAST(t.id AS TEXT) || ' is ' || t.ref || ' ' || t.step AS what
FROM invoice i
JOIN transfer t ON t.ref = 'invoice:' || i.hash
JOIN user_account u ON u.id = i.user_id
JOIN account outside ON outside.name = 'lightning'
WHERE {invoice i.hash} AND NOT (t.step = 'credit:1' AND t.debit = outside.id AND t.credit = u.money)`},
}
