package audit

// budgets are the rules about apps. A window ends with each payment, as it did
// when that was decided; what was paid in the second of a change of the budget
// is counted to neither side of it.
var budgets = []rule{
	{"what an app confirmed it paid unasked, and nothing else", `
SELECT 'order ' || CAST(o.id AS TEXT) || ' was confirmed by app ' || COALESCE(CAST(o.by_app AS TEXT), 'nobody') || ', and paid unasked by ' ||
       COALESCE(CAST(r.app_id AS TEXT), 'nobody') AS what
FROM payment_order o
LEFT JOIN app_request r ON r.order_id = o.id AND r.unasked = 1
WHERE o.confirmed IS NOT NULL AND COALESCE(o.by_app, 0) <> COALESCE(r.app_id, 0)`},
	{"an app spent no more unasked than its budget", `
SELECT 'app ' || CAST(w.id AS TEXT) || ' had spent ' || CAST(MAX(w.sum) AS TEXT) || ' of ' || CAST(w.budget AS TEXT) || ' msat a ' || w.per AS what
FROM (
    SELECT s.id, s.budget, s.per, SUM(s.cost) OVER (PARTITION BY s.id ORDER BY s.created RANGE BETWEEN 86400 PRECEDING AND CURRENT ROW) AS sum
    FROM (` + unasked + `) AS s WHERE s.per = 'day'
    UNION ALL
    SELECT s.id, s.budget, s.per, SUM(s.cost) OVER (PARTITION BY s.id ORDER BY s.created RANGE BETWEEN 604800 PRECEDING AND CURRENT ROW)
    FROM (` + unasked + `) AS s WHERE s.per = 'week'
    UNION ALL
    SELECT s.id, s.budget, s.per, SUM(s.cost) OVER (PARTITION BY s.id ORDER BY s.created RANGE BETWEEN 2592000 PRECEDING AND CURRENT ROW)
    FROM (` + unasked + `) AS s WHERE s.per = 'month'
    UNION ALL
    SELECT s.id, s.budget, s.per, SUM(s.cost) OVER (PARTITION BY s.id)
    FROM (` + unasked + `) AS s WHERE s.per = 'total'
) AS w
WHERE w.sum > w.budget
GROUP BY w.id, w.budget, w.per`},
}

// unasked are the payments that apps made out of the budget that they have now,
// with the fee, or the most that it can be.
const unasked = `
        SELECT a.id, a.budget, a.per, r.created, CAST(o.amount + COALESCE(o.fee, o.fee_limit) AS BIGINT) AS cost
        FROM app a
        JOIN app_request r ON r.app_id = a.id AND r.unasked = 1 AND r.created > a.since
        JOIN payment_order o ON o.id = r.order_id AND o.confirmed IS NOT NULL AND o.state <> 'failed'`
