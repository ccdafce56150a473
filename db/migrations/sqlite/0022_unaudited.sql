-- The audit of every few minutes read all that was ever booked. From here on what changes is
-- named, in the transaction that changes it, until an audit has looked at it and found it
-- right: a name is seen when its transaction is, however late that commits, and no number
-- and no time says what was seen. What an audit found right of a balance is kept, so that
-- what came since says what it must be now.

CREATE TABLE unaudited (
    n        INTEGER PRIMARY KEY AUTOINCREMENT, -- given once, and never again
    ref      TEXT NOT NULL,                     -- what changed: 'order:12', 'coin:<txid>:0', 'invoice:<hash>', or what a transfer is for
    transfer INTEGER                            -- that was booked; NULL if something else changed
) STRICT;

CREATE TABLE audited (
    account_id INTEGER PRIMARY KEY, -- in account
    bal        INTEGER NOT NULL     -- msat by all transfers but those in unaudited
) STRICT;

CREATE TRIGGER transfer_unaudited AFTER INSERT ON transfer BEGIN
    INSERT INTO unaudited (ref, transfer) VALUES (NEW.ref, NEW.id);
END;

-- A draft moves no money, and comes to nothing without any.
CREATE TRIGGER order_unaudited AFTER INSERT ON payment_order WHEN NEW.state NOT IN ('new', 'cancelled', 'expired') BEGIN
    INSERT INTO unaudited (ref) VALUES ('order:' || NEW.id);
END;

CREATE TRIGGER order_changed_unaudited
AFTER UPDATE OF user_id, state, to_user, to_address, payment_hash, preimage, amount, fee_limit, fee, confirmed, settled, by_app ON payment_order
WHEN NEW.state NOT IN ('new', 'cancelled', 'expired') OR OLD.state <> 'new' BEGIN
    INSERT INTO unaudited (ref) VALUES ('order:' || NEW.id);
END;

-- What belongs to an order: its transaction, and the word of an app.
CREATE TRIGGER effect_unaudited AFTER INSERT ON effect BEGIN
    INSERT INTO unaudited (ref) VALUES ('order:' || NEW.order_id);
END;

CREATE TRIGGER app_request_unaudited AFTER INSERT ON app_request WHEN NEW.order_id IS NOT NULL AND NEW.unasked = 1 BEGIN
    INSERT INTO unaudited (ref) VALUES ('order:' || NEW.order_id);
END;

CREATE TRIGGER app_request_changed_unaudited AFTER UPDATE OF order_id, unasked ON app_request WHEN NEW.order_id IS NOT NULL AND NEW.unasked = 1 BEGIN
    INSERT INTO unaudited (ref) VALUES ('order:' || NEW.order_id);
END;

CREATE TRIGGER coin_unaudited AFTER INSERT ON coin BEGIN
    INSERT INTO unaudited (ref) VALUES ('coin:' || NEW.txid || ':' || NEW.vout);
END;

CREATE TRIGGER coin_changed_unaudited AFTER UPDATE OF user_id, amount, state ON coin
WHEN (OLD.user_id, OLD.amount, OLD.state) IS NOT (NEW.user_id, NEW.amount, NEW.state) BEGIN
    INSERT INTO unaudited (ref) VALUES ('coin:' || NEW.txid || ':' || NEW.vout);
END;

-- An invoice that nobody paid moves no money.
CREATE TRIGGER invoice_unaudited AFTER INSERT ON invoice WHEN NEW.paid IS NOT NULL BEGIN
    INSERT INTO unaudited (ref) VALUES ('invoice:' || NEW.hash);
END;

CREATE TRIGGER invoice_changed_unaudited AFTER UPDATE OF hash, user_id, state, paid ON invoice WHEN NEW.paid IS NOT NULL BEGIN
    INSERT INTO unaudited (ref) VALUES ('invoice:' || NEW.hash);
END;

-- Whether these are right, the first audit of all says.
INSERT INTO audited (account_id, bal) SELECT id, bal FROM account WHERE bal <> 0;
