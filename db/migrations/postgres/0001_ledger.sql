-- Money. Amounts are whole millisatoshi; times are seconds since 1970 UTC.

-- What a value of its own may be is said by domains: PostgreSQL takes a CHECK of
-- a table apart again in each statement that writes there, a domain once in a
-- connection. So there is one such CHECK here, and it is short.
CREATE DOMAIN account_kind AS TEXT CHECK (VALUE IN ('user', 'held', 'system'));
CREATE DOMAIN msat_floor AS BIGINT CHECK (VALUE BETWEEN -2100000000000000000 AND 0);
CREATE DOMAIN msat_moved AS BIGINT CHECK (VALUE > 0 AND VALUE <= 2100000000000000000);

CREATE TABLE account (
    id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind  account_kind NOT NULL,
    name  TEXT NOT NULL UNIQUE,          -- 'user:7', 'held:7', 'chain', 'loss'
    bal   BIGINT NOT NULL DEFAULT 0,     -- moved by the insert of a transfer and by nothing else
    floor msat_floor NOT NULL DEFAULT 0, -- how low it may go: below zero for 'system' only, see account_starts
    CONSTRAINT no_overdraft CHECK (bal >= floor)
) WITH (fillfactor = 90); -- room for the balance to change in place; with more, a page would be swept at each change

CREATE TABLE transfer (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref     TEXT NOT NULL,              -- what happened: 'order:12', 'coin:<txid>:0'
    step    TEXT NOT NULL,              -- which part of it: 'hold', 'settle', 'release', 'credit:1'
    debit   BIGINT NOT NULL,            -- both are in account: see transfer_moves
    credit  BIGINT NOT NULL,
    amt     msat_moved NOT NULL,
    created BIGINT NOT NULL,
    CONSTRAINT booked_once UNIQUE (ref, step)
);

-- After, not before: a repeated key inserts no row and must move no money.
-- One statement moves both accounts. By the index, which the gateway's connections
-- insist on, it comes to the lower id first, so payments that cross do not deadlock.
-- It stands in for two foreign keys as well, which would cost as much again: an
-- account that is not there does not move, and one that is there never goes.
-- From an account to itself moves one as well, and is refused by its name.
-- It is the list of what may be booked, too: the kind of the reference and the
-- step say between which kinds of account. What is not on the list moves nothing.
CREATE FUNCTION transfer_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part  TEXT := rtrim(NEW.step, '0123456789'); -- the step without its number: only what is counted has one
    ends  TEXT := CASE split_part(NEW.ref, ':', 1) || ' ' || part -- kind of the debit, kind of the credit
        WHEN 'order hold' THEN 'user held'
        WHEN 'order pay' THEN 'held user'
        WHEN 'order rest' THEN 'held user'
        WHEN 'order release' THEN 'held user'
        WHEN 'order settle:' THEN 'held system'
        WHEN 'order unsettle:' THEN 'system held'
        WHEN 'coin credit:' THEN 'system user'
        WHEN 'coin recover:' THEN 'system system'
        WHEN 'coin reverse:' THEN 'user system'
        WHEN 'coin lose:' THEN 'system system'
        WHEN 'invoice credit:' THEN 'system user'
        WHEN 'import open' THEN 'system user'
    END;
    moved INTEGER;
BEGIN
    UPDATE account
    SET bal = bal + CASE WHEN id = NEW.credit THEN NEW.amt ELSE -NEW.amt END
    WHERE id IN (NEW.debit, NEW.credit) AND kind = split_part(ends, ' ', CASE WHEN id = NEW.credit THEN 2 ELSE 1 END);
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved = 2 AND (right(part, 1) = ':') = (part <> NEW.step) AND NEW.step NOT LIKE '%:0%' THEN
        RETURN NULL;
    ELSIF NEW.debit = NEW.credit THEN
        RAISE EXCEPTION 'transfer % % goes from account % to itself', NEW.ref, NEW.step, NEW.debit
            USING ERRCODE = 'check_violation', CONSTRAINT = 'two_accounts';
    END IF;
    RAISE EXCEPTION 'transfer % % between % and %: no such step, or no such accounts', NEW.ref, NEW.step, NEW.debit, NEW.credit
        USING ERRCODE = 'check_violation', CONSTRAINT = 'allowed_step';
END $$;

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the ledger only grows', TG_OP, TG_TABLE_NAME;
END $$;

-- A balance moves within transfer_moves and not by hand. The depth is asked in the
-- function: a WHEN of the trigger would be parsed again for each statement.
CREATE FUNCTION refuse_by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION '% of % is refused: the ledger only grows', TG_OP, TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER transfer_moves AFTER INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_moves();
CREATE TRIGGER transfer_stays BEFORE UPDATE OR DELETE ON transfer FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER transfer_kept BEFORE TRUNCATE ON transfer FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER account_stays BEFORE UPDATE OF id, kind, name, floor ON account FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER account_moves BEFORE UPDATE OF bal ON account FOR EACH STATEMENT EXECUTE FUNCTION refuse_by_hand();
CREATE TRIGGER account_kept BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER account_not_cut BEFORE TRUNCATE ON account FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER account_starts BEFORE INSERT ON account FOR EACH ROW
    WHEN (NEW.bal <> 0 OR (NEW.floor < 0) <> (NEW.kind = 'system')) EXECUTE FUNCTION refuse();

-- All accounts together are zero, so none has more than the system's owe: all coins
-- that there can be for each of them, which together still fit in 64 bits.
INSERT INTO account (kind, name, floor) VALUES
    ('system', 'chain', -2100000000000000000), -- mirrors the coins in the on-chain wallet: minus what came in, plus what went out
    ('system', 'loss', -2100000000000000000);  -- what a reorganisation took and nobody could give back
