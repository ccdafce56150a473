-- The audit of every few minutes read all that was ever booked. From here on what changes is
-- named, in the transaction that changes it, until an audit has looked at it and found it
-- right: a name is seen when its transaction is, however late that commits, and no number
-- and no time says what was seen. What an audit found right of a balance is kept, so that
-- what came since says what it must be now.

CREATE TABLE unaudited (
    n        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- given once, and never again
    ref      TEXT NOT NULL,                                   -- what changed: 'order:12', 'coin:<txid>:0', 'invoice:<hash>', or what a transfer is for
    transfer BIGINT                                           -- that was booked; NULL if something else changed
);

CREATE TABLE audited (
    account_id BIGINT PRIMARY KEY, -- in account
    bal        BIGINT NOT NULL     -- msat by all transfers but those in unaudited
) WITH (fillfactor = 90);

CREATE FUNCTION transfer_unaudited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO unaudited (ref, transfer) VALUES (NEW.ref, NEW.id);
    RETURN NULL;
END $$;

-- A draft moves no money, and comes to nothing without any.
CREATE FUNCTION order_unaudited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state NOT IN ('new', 'cancelled', 'expired') OR TG_OP = 'UPDATE' AND OLD.state <> 'new' THEN
        INSERT INTO unaudited (ref) VALUES ('order:' || NEW.id);
    END IF;
    RETURN NULL;
END $$;

-- What belongs to an order: its transaction, and the word of an app.
CREATE FUNCTION of_order_unaudited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO unaudited (ref) VALUES ('order:' || NEW.order_id);
    RETURN NULL;
END $$;

CREATE FUNCTION coin_unaudited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR (OLD.user_id, OLD.amount, OLD.state) IS DISTINCT FROM (NEW.user_id, NEW.amount, NEW.state) THEN
        INSERT INTO unaudited (ref) VALUES ('coin:' || NEW.txid || ':' || NEW.vout);
    END IF;
    RETURN NULL;
END $$;

-- An invoice that nobody paid moves no money.
CREATE FUNCTION invoice_unaudited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.paid IS NOT NULL THEN
        INSERT INTO unaudited (ref) VALUES ('invoice:' || NEW.hash);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER transfer_unaudited AFTER INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_unaudited();
CREATE TRIGGER order_unaudited AFTER INSERT OR UPDATE OF user_id, state, to_user, to_address, payment_hash, preimage, amount, fee_limit, fee, confirmed, settled, by_app ON payment_order
FOR EACH ROW EXECUTE FUNCTION order_unaudited();
CREATE TRIGGER effect_unaudited AFTER INSERT ON effect FOR EACH ROW EXECUTE FUNCTION of_order_unaudited();
CREATE TRIGGER app_request_unaudited AFTER INSERT OR UPDATE OF order_id, unasked ON app_request FOR EACH ROW
WHEN (NEW.order_id IS NOT NULL AND NEW.unasked = 1) EXECUTE FUNCTION of_order_unaudited();
CREATE TRIGGER coin_unaudited AFTER INSERT OR UPDATE OF user_id, amount, state ON coin FOR EACH ROW EXECUTE FUNCTION coin_unaudited();
CREATE TRIGGER invoice_unaudited AFTER INSERT OR UPDATE OF hash, user_id, state, paid ON invoice FOR EACH ROW EXECUTE FUNCTION invoice_unaudited();

-- After the triggers, which wait for whoever books and keep others out: a transfer is in a
-- balance or has a name. Whether they are right, the first audit of all says.
INSERT INTO audited (account_id, bal) SELECT id, bal FROM account WHERE bal <> 0;
