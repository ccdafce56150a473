-- What is left of a limit is asked twice a payment, and was summed up from all payments
-- of the time that it is for: who paid often made everybody wait. So there are sums, of
-- each minute and of longer spans, which the trigger below keeps in the transaction that
-- changes an order. They are of the orders that were confirmed in the span and have not
-- failed, and of no others. Who changes such an order has its payer locked: nobody waits
-- for a sum who does not wait for the payer. A sum that is wrong is the audit's to find:
-- it keeps nobody from their money, so no CHECK says what it may be.

LOCK TABLE payment_order IN SHARE ROW EXCLUSIVE MODE; -- or one that is confirmed meanwhile is in no sum

CREATE DOMAIN span_spent AS BIGINT CHECK (VALUE IN (60, 3600, 86400)); -- a minute, an hour, a day

CREATE TABLE spent (
    user_id BIGINT NOT NULL,                           -- who ordered
    span    span_spent NOT NULL,                       -- seconds: a minute or an hour
    since   BIGINT NOT NULL,                           -- when the span began
    amount  BIGINT NOT NULL,                           -- msat, without the fees
    PRIMARY KEY (user_id, span, since)
) WITH (fillfactor = 90); -- room for a sum to change in place

CREATE TABLE app_spent (
    app_id BIGINT NOT NULL,     -- on whose word it was confirmed
    span   span_spent NOT NULL, -- seconds: a minute, an hour or a day
    since  BIGINT NOT NULL,     -- when the span began
    amount BIGINT NOT NULL,     -- msat, with the fees: the most that they can be until they are known
    PRIMARY KEY (app_id, span, since)
) WITH (fillfactor = 90);

INSERT INTO spent (user_id, span, since, amount)
SELECT o.user_id, s.span, o.confirmed - o.confirmed % s.span, CAST(SUM(o.amount) AS BIGINT)
FROM payment_order o CROSS JOIN (SELECT 60 AS span UNION ALL SELECT 3600) s
WHERE o.confirmed IS NOT NULL AND o.state <> 'failed'
GROUP BY 1, 2, 3;

INSERT INTO app_spent (app_id, span, since, amount)
SELECT o.by_app, s.span, o.confirmed - o.confirmed % s.span, CAST(SUM(o.amount + COALESCE(o.fee, o.fee_limit)) AS BIGINT)
FROM payment_order o CROSS JOIN (SELECT 60 AS span UNION ALL SELECT 3600 UNION ALL SELECT 86400) s
WHERE o.by_app IS NOT NULL AND o.confirmed IS NOT NULL AND o.state <> 'failed'
GROUP BY 1, 2, 3;

CREATE INDEX order_by_app ON payment_order (by_app, confirmed) WHERE by_app IS NOT NULL;

-- What an order was before it changed counts no more, and what it is counts: the same
-- unless it was confirmed, or failed, or its fee became known.
CREATE FUNCTION order_spends() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    counted BOOLEAN := TG_OP = 'UPDATE' AND OLD.confirmed IS NOT NULL AND OLD.state <> 'failed';
    counts  BOOLEAN := NEW.confirmed IS NOT NULL AND NEW.state <> 'failed';
    other   BOOLEAN;
    width   BIGINT;
BEGIN
    other := counted <> counts OR (OLD.user_id, OLD.confirmed, OLD.amount) IS DISTINCT FROM (NEW.user_id, NEW.confirmed, NEW.amount);
    IF counted AND other THEN
        FOREACH width IN ARRAY ARRAY[60, 3600] LOOP
            UPDATE spent SET amount = amount - OLD.amount
            WHERE user_id = OLD.user_id AND span = width AND since = OLD.confirmed - OLD.confirmed % width;
        END LOOP;
    END IF;
    IF counts AND other THEN
        INSERT INTO spent (user_id, span, since, amount)
        VALUES (NEW.user_id, 60, NEW.confirmed - NEW.confirmed % 60, NEW.amount), (NEW.user_id, 3600, NEW.confirmed - NEW.confirmed % 3600, NEW.amount)
        ON CONFLICT (user_id, span, since) DO UPDATE SET amount = spent.amount + excluded.amount;
    END IF;
    counted := counted AND OLD.by_app IS NOT NULL;
    counts := counts AND NEW.by_app IS NOT NULL;
    other := counted <> counts OR (OLD.by_app, OLD.confirmed, OLD.amount + COALESCE(OLD.fee, OLD.fee_limit))
        IS DISTINCT FROM (NEW.by_app, NEW.confirmed, NEW.amount + COALESCE(NEW.fee, NEW.fee_limit));
    IF counted AND other THEN
        FOREACH width IN ARRAY ARRAY[60, 3600, 86400] LOOP
            UPDATE app_spent SET amount = amount - OLD.amount - COALESCE(OLD.fee, OLD.fee_limit)
            WHERE app_id = OLD.by_app AND span = width AND since = OLD.confirmed - OLD.confirmed % width;
        END LOOP;
    END IF;
    IF counts AND other THEN
        INSERT INTO app_spent (app_id, span, since, amount)
        SELECT NEW.by_app, s.span, NEW.confirmed - NEW.confirmed % s.span, NEW.amount + COALESCE(NEW.fee, NEW.fee_limit)
        FROM (VALUES (60), (3600), (86400)) s (span)
        ON CONFLICT (app_id, span, since) DO UPDATE SET amount = app_spent.amount + excluded.amount;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER order_spends AFTER INSERT OR UPDATE OF user_id, by_app, state, amount, fee, fee_limit, confirmed ON payment_order
FOR EACH ROW EXECUTE FUNCTION order_spends();
