package audit

// sums are the rules about what limits and budgets go by: the database adds it up as
// orders change, and nobody adds it up again but here and `bitcoim db resum`.
var sums = []rule{
	{"the sums of what a user spent are those of the orders", `
SELECT u.jid || ' has sums of ' || CAST(COUNT(*) AS TEXT) || ' spans of time that are not what was ordered' AS what
FROM (
    SELECT b.user_id
    FROM (
        SELECT user_id, span, since, amount FROM spent
        UNION ALL
        SELECT o.user_id, s.span, o.confirmed - o.confirmed % s.span, -o.amount
        FROM payment_order o CROSS JOIN (SELECT 60 AS span UNION ALL SELECT 3600) AS s
        WHERE o.confirmed IS NOT NULL AND o.state <> 'failed'
    ) AS b
    GROUP BY b.user_id, b.span, b.since
    HAVING SUM(b.amount) <> 0
) AS w
JOIN user_account u ON u.id = w.user_id
GROUP BY u.id, u.jid`},
	{"the sums of what an app spent are those of the orders", `
SELECT 'app ' || CAST(w.app_id AS TEXT) || ' has sums of ' || CAST(COUNT(*) AS TEXT) || ' spans of time that are not what was ordered' AS what
FROM (
    SELECT b.app_id
    FROM (
        SELECT app_id, span, since, amount FROM app_spent
        UNION ALL
        SELECT o.by_app, s.span, o.confirmed - o.confirmed % s.span, -o.amount - COALESCE(o.fee, o.fee_limit)
        FROM payment_order o CROSS JOIN (SELECT 60 AS span UNION ALL SELECT 3600 UNION ALL SELECT 86400) AS s
        WHERE o.by_app IS NOT NULL AND o.confirmed IS NOT NULL AND o.state <> 'failed'
    ) AS b
    GROUP BY b.app_id, b.span, b.since
    HAVING SUM(b.amount) <> 0
) AS w
GROUP BY w.app_id`},
}
