package app

// What apps spent is summed up by the database in minutes, hours and days, as each order
// is confirmed, fails, or has its fee known. The minute, the hour and the day in which a
// budget begins are not whole, so they are made of orders, of minutes and of hours: the
// sum is that of the orders, to the second, and reads as many rows whether there were few
// of them or many.

// begin is when the budgets of some apps began that are asked for last, and the minute,
// the hour and the day that are whole after it.
const begin = `
WITH first AS (
    SELECT id, CASE WHEN since > now THEN since ELSE now END AS second
    FROM (SELECT id, since, CASE per WHEN 'day' THEN ? WHEN 'week' THEN ? WHEN 'month' THEN ? ELSE CAST(0 AS BIGINT) END AS now FROM app WHERE id IN (?)) AS b
),
minutes AS (SELECT id, second, (second + 59) / 60 * 60 AS minute FROM first),
hours AS (SELECT id, second, minute, (minute + 3599) / 3600 * 3600 AS hour FROM minutes),
whole AS (SELECT id, second, minute, hour, (hour + 86399) / 86400 * 86400 AS day FROM hours)`

// spentSince is what an app w of whole spent since then out of its budget, in msat.
const spentSince = `
       (SELECT CAST(COALESCE(SUM(s.amount), 0) AS BIGINT)
        FROM (
            SELECT o.amount + COALESCE(o.fee, o.fee_limit) AS amount FROM payment_order o
            WHERE o.by_app = w.id AND o.confirmed >= w.second AND o.confirmed < w.minute AND o.state <> 'failed'
            UNION ALL
            SELECT amount FROM app_spent WHERE app_id = w.id AND span = 60 AND since >= w.minute AND since < w.hour
            UNION ALL
            SELECT amount FROM app_spent WHERE app_id = w.id AND span = 3600 AND since >= w.hour AND since < w.day
            UNION ALL
            SELECT amount FROM app_spent WHERE app_id = w.id AND span = 86400 AND since >= w.day
        ) AS s)`
