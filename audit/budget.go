package audit

// budgets are the rules about apps. A window ends with each payment, as it did
// when that was decided; what was paid in the second of a change of the budget
// is counted to neither side of it.
var budgets = []rule{
	{name: "what an app confirmed it paid unasked, and nothing else", query: `
SELECT 'order ' || CAST(o.id AS TEXT) || ' was confirmed by app ' || COALESCE(CAST(o.by_app AS TEXT), 'nobody') || ', and paid unasked by ' ||
       COALESCE(CAST(r.app_id AS TEXT), 'nobody') AS what
FROM payment_order o
LEFT JOIN app_request r ON r.order_id = o.id AND r.unasked = 1
WHERE {order o.id} AND o.confirmed IS NOT NULL AND COALESCE(o.by_app, 0) <> COALESCE(r.app_id, 0)`},
	{name: "an app spent no more unasked than its budget", query: `
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
GROUP BY w.id, w.budget, w.per`, fresh: overspent},
}

// overspent is the same of the time that ends with the newest payment of an app, by the sums
// that are kept: what is new in those is compared with the orders (spent.go).
const overspent = `
WITH ends AS (
    SELECT a.id, a.budget, a.per, a.since,
           (SELECT MAX(o.confirmed) FROM payment_order o WHERE o.by_app = a.id) - CASE a.per WHEN 'day' THEN 86400 WHEN 'week' THEN 604800 WHEN 'month' THEN 2592000 END AS back
    FROM app a
    WHERE {app a.id}
),
first AS (SELECT id, budget, per, CASE WHEN back > since THEN back ELSE since + 1 END AS second FROM ends),
minutes AS (SELECT id, budget, per, second, (second + 59) / 60 * 60 AS minute FROM first),
hours AS (SELECT id, budget, per, second, minute, (minute + 3599) / 3600 * 3600 AS hour FROM minutes),
days AS (SELECT id, budget, per, second, minute, hour, (hour + 86399) / 86400 * 86400 AS day FROM hours),
all_of AS (
    SELECT d.id, d.budget, d.per,
           COALESCE((SELECT SUM(o.amount + COALESCE(o.fee, o.fee_limit)) FROM payment_order o
                     WHERE o.by_app = d.id AND o.confirmed >= d.second AND o.confirmed < d.minute AND o.state <> 'failed'), 0)
         + COALESCE((SELECT SUM(amount) FROM app_spent WHERE app_id = d.id AND span = 60 AND since >= d.minute AND since < d.hour), 0)
         + COALESCE((SELECT SUM(amount) FROM app_spent WHERE app_id = d.id AND span = 3600 AND since >= d.hour AND since < d.day), 0)
         + COALESCE((SELECT SUM(amount) FROM app_spent WHERE app_id = d.id AND span = 86400 AND since >= d.day), 0) AS sum
    FROM days d
)
SELECT 'app ' || CAST(id AS TEXT) || ' had spent ' || CAST(sum AS TEXT) || ' of ' || CAST(budget AS TEXT) || ' msat a ' || per AS what
FROM all_of
WHERE sum > budget`

// unasked are the payments that apps made out of the budget that they have now,
// with the fee, or the most that it can be.
const unasked = `
        SELECT a.id, a.budget, a.per, r.created, CAST(o.amount + COALESCE(o.fee, o.fee_limit) AS BIGINT) AS cost
        FROM app a
        JOIN app_request r ON r.app_id = a.id AND r.unasked = 1 AND r.created > a.since
        JOIN payment_order o ON o.id = r.order_id AND o.confirmed IS NOT NULL AND o.state <> 'failed'`
