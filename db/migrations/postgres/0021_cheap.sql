-- What a payment writes was judged by text that PostgreSQL read anew in each statement:
-- eleven CHECKs of an order, and the steps that an order may take, in the WHEN of a trigger.
-- What a value of its own may be is said by domains from here on, as 0001 does, and the
-- steps by a function. A connection reads both once. Nothing else is allowed than before.
-- What compares two columns stays a CHECK. Other types make the three tables new: an
-- upgrade takes a while where there are many orders.

DROP TRIGGER order_moves ON payment_order;
DROP TRIGGER order_spends ON payment_order;

CREATE DOMAIN order_state AS TEXT CHECK (VALUE IN ('new', 'held', 'sending', 'in_flight', 'confirming', 'done', 'failed', 'cancelled', 'expired', 'stuck'));
CREATE DOMAIN order_taken AS BIGINT CHECK (VALUE IN (0, 1, 2));
CREATE DOMAIN no_or_yes AS BIGINT CHECK (VALUE IN (0, 1));
CREATE DOMAIN msat_limit AS BIGINT CHECK (VALUE >= 0 AND VALUE <= 2100000000000000000);
CREATE DOMAIN msat_fee AS BIGINT CHECK (VALUE >= 0);
CREATE DOMAIN msat_line AS BIGINT CHECK (VALUE > 0);

ALTER TABLE payment_order
    DROP CONSTRAINT payment_order_state_check, ALTER COLUMN state TYPE order_state,
    DROP CONSTRAINT payment_order_open_amount_check, ALTER COLUMN open_amount TYPE no_or_yes,
    DROP CONSTRAINT payment_order_amount_check, ALTER COLUMN amount TYPE msat_moved,
    DROP CONSTRAINT payment_order_fee_limit_check, ALTER COLUMN fee_limit TYPE msat_limit,
    DROP CONSTRAINT payment_order_fee_check, ALTER COLUMN fee TYPE msat_fee,
    DROP CONSTRAINT payment_order_taken_check, ALTER COLUMN taken TYPE order_taken,
    DROP CONSTRAINT payment_order_by_hand_check, ALTER COLUMN by_hand TYPE no_or_yes;

ALTER TABLE statement
    DROP CONSTRAINT statement_incoming_check, ALTER COLUMN incoming TYPE no_or_yes,
    DROP CONSTRAINT statement_amount_check, ALTER COLUMN amount TYPE msat_line;

ALTER TABLE notice DROP CONSTRAINT notice_balance_check, ALTER COLUMN balance TYPE no_or_yes;

-- What each kind of payment may do; nothing else can happen to it. The list is that of 0016.
CREATE FUNCTION order_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = NEW.state
        OR OLD.state || '>' || NEW.state IN ('new>cancelled', 'new>expired')
        OR OLD.to_user IS NOT NULL AND OLD.payment_hash IS NULL AND OLD.state || '>' || NEW.state = 'new>done'
        OR OLD.to_address IS NOT NULL AND OLD.state || '>' || NEW.state IN (
            'new>held',
            'held>sending', 'held>failed',
            'sending>in_flight', 'sending>confirming', 'sending>stuck',
            'in_flight>confirming', 'in_flight>stuck',
            'confirming>in_flight', 'confirming>done',
            'stuck>confirming', 'stuck>in_flight', 'stuck>failed')
        OR OLD.payment_hash IS NOT NULL AND OLD.state || '>' || NEW.state IN (
            'new>held',
            'held>sending', 'held>failed',
            'sending>in_flight', 'sending>done', 'sending>failed', 'sending>stuck',
            'in_flight>done', 'in_flight>failed', 'in_flight>stuck',
            'stuck>in_flight', 'stuck>done', 'stuck>failed') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of % is refused: such an order does not go from % to %', TG_OP, TG_TABLE_NAME, OLD.state, NEW.state;
END $$;

CREATE TRIGGER order_moves BEFORE UPDATE OF state ON payment_order FOR EACH ROW EXECUTE FUNCTION order_moves();

CREATE TRIGGER order_spends AFTER INSERT OR UPDATE OF user_id, by_app, state, amount, fee, fee_limit, confirmed ON payment_order
FOR EACH ROW EXECUTE FUNCTION order_spends();

-- These two are of all orders of a user, and say so by what is true of each: what is asked
-- by a code or by a time is found by its own index and not among all that a user ever
-- ordered, also while nobody has counted yet how much there is.
DROP INDEX order_of_user;
DROP INDEX order_ended;
CREATE INDEX order_of_user ON payment_order (user_id, id) WHERE fee_limit >= 0;
CREATE INDEX order_ended ON payment_order (user_id, ended) WHERE fee_limit >= 0;
