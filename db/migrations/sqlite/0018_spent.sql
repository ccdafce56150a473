-- What is left of a limit is asked twice a payment, and was summed up from all payments
-- of the time that it is for: who paid often made everybody wait. So there are sums, of
-- each minute and of longer spans, which the triggers below keep in the transaction that
-- changes an order. They are of the orders that were confirmed in the span and have not
-- failed, and of no others. Who changes such an order has its payer locked: nobody waits
-- for a sum who does not wait for the payer. A sum that is wrong is the audit's to find:
-- it keeps nobody from their money, so no CHECK says what it may be.

CREATE TABLE spent (
    user_id INTEGER NOT NULL,                           -- who ordered
    span    INTEGER NOT NULL CHECK (span IN (60, 3600)), -- seconds
    since   INTEGER NOT NULL,                           -- when the span began
    amount  INTEGER NOT NULL,                           -- msat, without the fees
    PRIMARY KEY (user_id, span, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE app_spent (
    app_id INTEGER NOT NULL,                                  -- on whose word it was confirmed
    span   INTEGER NOT NULL CHECK (span IN (60, 3600, 86400)), -- seconds
    since  INTEGER NOT NULL,                                  -- when the span began
    amount INTEGER NOT NULL,                                  -- msat, with the fees: the most that they can be until they are known
    PRIMARY KEY (app_id, span, since)
) STRICT, WITHOUT ROWID;

INSERT INTO spent (user_id, span, since, amount)
SELECT o.user_id, s.span, o.confirmed - o.confirmed % s.span, SUM(o.amount)
FROM payment_order o CROSS JOIN (SELECT 60 AS span UNION ALL SELECT 3600) s
WHERE o.confirmed IS NOT NULL AND o.state <> 'failed'
GROUP BY 1, 2, 3;

INSERT INTO app_spent (app_id, span, since, amount)
SELECT o.by_app, s.span, o.confirmed - o.confirmed % s.span, SUM(o.amount + COALESCE(o.fee, o.fee_limit))
FROM payment_order o CROSS JOIN (SELECT 60 AS span UNION ALL SELECT 3600 UNION ALL SELECT 86400) s
WHERE o.by_app IS NOT NULL AND o.confirmed IS NOT NULL AND o.state <> 'failed'
GROUP BY 1, 2, 3;

CREATE INDEX order_by_app ON payment_order (by_app, confirmed) WHERE by_app IS NOT NULL;

CREATE TRIGGER order_spends AFTER INSERT ON payment_order
WHEN NEW.confirmed IS NOT NULL AND NEW.state <> 'failed'
BEGIN
    INSERT INTO spent (user_id, span, since, amount)
    VALUES (NEW.user_id, 60, NEW.confirmed - NEW.confirmed % 60, NEW.amount), (NEW.user_id, 3600, NEW.confirmed - NEW.confirmed % 3600, NEW.amount)
    ON CONFLICT (user_id, span, since) DO UPDATE SET amount = amount + excluded.amount;
    INSERT INTO app_spent (app_id, span, since, amount)
    SELECT NEW.by_app, s.span, NEW.confirmed - NEW.confirmed % s.span, NEW.amount + COALESCE(NEW.fee, NEW.fee_limit)
    FROM (SELECT 60 AS span UNION ALL SELECT 3600 UNION ALL SELECT 86400) s
    WHERE NEW.by_app IS NOT NULL
    ON CONFLICT (app_id, span, since) DO UPDATE SET amount = amount + excluded.amount;
END;

-- What an order was before it changed counts no more, and what it is counts: the same
-- unless it was confirmed, or failed, or its fee became known.
CREATE TRIGGER order_spent AFTER UPDATE OF user_id, state, amount, confirmed ON payment_order
WHEN OLD.confirmed IS NOT NULL AND OLD.state <> 'failed'
 AND (NEW.state = 'failed' OR (OLD.user_id, OLD.confirmed, OLD.amount) IS NOT (NEW.user_id, NEW.confirmed, NEW.amount))
BEGIN
    UPDATE spent SET amount = amount - OLD.amount WHERE user_id = OLD.user_id AND span = 60 AND since = OLD.confirmed - OLD.confirmed % 60;
    UPDATE spent SET amount = amount - OLD.amount WHERE user_id = OLD.user_id AND span = 3600 AND since = OLD.confirmed - OLD.confirmed % 3600;
END;

CREATE TRIGGER order_spends_now AFTER UPDATE OF user_id, state, amount, confirmed ON payment_order
WHEN NEW.confirmed IS NOT NULL AND NEW.state <> 'failed'
 AND (OLD.state = 'failed' OR (OLD.user_id, OLD.confirmed, OLD.amount) IS NOT (NEW.user_id, NEW.confirmed, NEW.amount))
BEGIN
    INSERT INTO spent (user_id, span, since, amount)
    VALUES (NEW.user_id, 60, NEW.confirmed - NEW.confirmed % 60, NEW.amount), (NEW.user_id, 3600, NEW.confirmed - NEW.confirmed % 3600, NEW.amount)
    ON CONFLICT (user_id, span, since) DO UPDATE SET amount = amount + excluded.amount;
END;

CREATE TRIGGER order_spent_by_app AFTER UPDATE OF by_app, state, amount, fee, fee_limit, confirmed ON payment_order
WHEN OLD.by_app IS NOT NULL AND OLD.confirmed IS NOT NULL AND OLD.state <> 'failed'
 AND (NEW.state = 'failed' OR (OLD.by_app, OLD.confirmed, OLD.amount + COALESCE(OLD.fee, OLD.fee_limit)) IS NOT (NEW.by_app, NEW.confirmed, NEW.amount + COALESCE(NEW.fee, NEW.fee_limit)))
BEGIN
    UPDATE app_spent SET amount = amount - OLD.amount - COALESCE(OLD.fee, OLD.fee_limit) WHERE app_id = OLD.by_app AND span = 60 AND since = OLD.confirmed - OLD.confirmed % 60;
    UPDATE app_spent SET amount = amount - OLD.amount - COALESCE(OLD.fee, OLD.fee_limit) WHERE app_id = OLD.by_app AND span = 3600 AND since = OLD.confirmed - OLD.confirmed % 3600;
    UPDATE app_spent SET amount = amount - OLD.amount - COALESCE(OLD.fee, OLD.fee_limit) WHERE app_id = OLD.by_app AND span = 86400 AND since = OLD.confirmed - OLD.confirmed % 86400;
END;

CREATE TRIGGER order_spends_now_by_app AFTER UPDATE OF by_app, state, amount, fee, fee_limit, confirmed ON payment_order
WHEN NEW.by_app IS NOT NULL AND NEW.confirmed IS NOT NULL AND NEW.state <> 'failed'
 AND (OLD.state = 'failed' OR (OLD.by_app, OLD.confirmed, OLD.amount + COALESCE(OLD.fee, OLD.fee_limit)) IS NOT (NEW.by_app, NEW.confirmed, NEW.amount + COALESCE(NEW.fee, NEW.fee_limit)))
BEGIN
    INSERT INTO app_spent (app_id, span, since, amount)
    SELECT NEW.by_app, s.span, NEW.confirmed - NEW.confirmed % s.span, NEW.amount + COALESCE(NEW.fee, NEW.fee_limit)
    FROM (SELECT 60 AS span UNION ALL SELECT 3600 UNION ALL SELECT 86400) s
    WHERE true
    ON CONFLICT (app_id, span, since) DO UPDATE SET amount = amount + excluded.amount;
END;
