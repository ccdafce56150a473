package audit

// sums are the rules about what limits and budgets go by: the database adds it up as
// orders change, and nobody adds it up again but here and `bitcoim db resum`.
var sums = []rule{
	{name: "the sums of what a user spent are those of the orders", query: `
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
GROUP BY u.id, u.jid`, fresh: freshSpent},
	{name: "the sums of what an app spent are those of the orders", query: `
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
GROUP BY w.app_id`, fresh: freshAppSpent},
}

// What is new is compared in the spans of time that it is in: a minute with its orders, and
// what is longer with the sums that it is made of.
const (
	freshSpent = `
WITH minutes AS (SELECT DISTINCT user_id, confirmed - confirmed % 60 AS since FROM payment_order WHERE {order id}) -- also of no time, which has none
SELECT u.jid || ' has sums of ' || CAST(COUNT(*) AS TEXT) || ' spans of time that are not what was ordered' AS what
FROM (
    SELECT m.user_id FROM minutes m
    WHERE COALESCE((SELECT s.amount FROM spent s WHERE s.user_id = m.user_id AND s.span = 60 AND s.since = m.since), 0) <>
          COALESCE((SELECT SUM(o.amount) FROM payment_order o WHERE o.user_id = m.user_id AND o.confirmed >= m.since AND o.confirmed < m.since + 60 AND o.state <> 'failed'), 0)
    UNION ALL
    SELECT h.user_id FROM (SELECT DISTINCT user_id, since - since % 3600 AS since FROM minutes) h
    WHERE COALESCE((SELECT s.amount FROM spent s WHERE s.user_id = h.user_id AND s.span = 3600 AND s.since = h.since), 0) <>
          COALESCE((SELECT SUM(s.amount) FROM spent s WHERE s.user_id = h.user_id AND s.span = 60 AND s.since >= h.since AND s.since < h.since + 3600), 0)
) AS w
JOIN user_account u ON u.id = w.user_id
GROUP BY u.id, u.jid`
	freshAppSpent = `
WITH minutes AS (SELECT DISTINCT by_app, confirmed - confirmed % 60 AS since FROM payment_order WHERE {order id}) -- also of no app, which has no sums
SELECT 'app ' || CAST(w.by_app AS TEXT) || ' has sums of ' || CAST(COUNT(*) AS TEXT) || ' spans of time that are not what was ordered' AS what
FROM (
    SELECT m.by_app FROM minutes m
    WHERE COALESCE((SELECT s.amount FROM app_spent s WHERE s.app_id = m.by_app AND s.span = 60 AND s.since = m.since), 0) <>
          COALESCE((SELECT SUM(o.amount + COALESCE(o.fee, o.fee_limit)) FROM payment_order o WHERE o.by_app = m.by_app AND o.confirmed >= m.since AND o.confirmed < m.since + 60 AND o.state <> 'failed'), 0)
    UNION ALL
    SELECT h.by_app FROM (SELECT DISTINCT by_app, since - since % 3600 AS since FROM minutes) h
    WHERE COALESCE((SELECT s.amount FROM app_spent s WHERE s.app_id = h.by_app AND s.span = 3600 AND s.since = h.since), 0) <>
          COALESCE((SELECT SUM(s.amount) FROM app_spent s WHERE s.app_id = h.by_app AND s.span = 60 AND s.since >= h.since AND s.since < h.since + 3600), 0)
    UNION ALL
    SELECT d.by_app FROM (SELECT DISTINCT by_app, since - since % 86400 AS since FROM minutes) d
    WHERE COALESCE((SELECT s.amount FROM app_spent s WHERE s.app_id = d.by_app AND s.span = 86400 AND s.since = d.since), 0) <>
          COALESCE((SELECT SUM(s.amount) FROM app_spent s WHERE s.app_id = d.by_app AND s.span = 3600 AND s.since >= d.since AND s.since < d.since + 86400), 0)
) AS w
GROUP BY w.by_app`
)
