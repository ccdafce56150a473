-- Money. Amounts are whole millisatoshi; times are seconds since 1970 UTC.

CREATE TABLE account (
    id   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'held', 'system')),
    name TEXT NOT NULL UNIQUE,          -- 'user:7', 'held:7', 'chain', 'loss'
    bal  BIGINT NOT NULL DEFAULT 0,     -- moved by the insert of a transfer and by nothing else
    CONSTRAINT no_overdraft CHECK (kind = 'system' OR bal >= 0),
    CONSTRAINT bal_in_range CHECK (bal BETWEEN -2100000000000000000 AND 2100000000000000000)
) WITH (fillfactor = 50); -- room for the balance to change in place

CREATE TABLE transfer (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref     TEXT NOT NULL,              -- what happened: 'order:12', 'coin:<txid>:0'
    step    TEXT NOT NULL,              -- which part of it: 'hold', 'settle', 'release', 'credit:1'
    debit   BIGINT NOT NULL REFERENCES account (id),
    credit  BIGINT NOT NULL REFERENCES account (id),
    amt     BIGINT NOT NULL CHECK (amt > 0 AND amt <= 2100000000000000000),
    created BIGINT NOT NULL,
    CONSTRAINT booked_once UNIQUE (ref, step),
    CONSTRAINT two_accounts CHECK (debit <> credit)
);

-- Accounts are locked in id order before the row and its foreign keys are, so
-- that payments that cross do not deadlock.
CREATE FUNCTION transfer_locks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM account WHERE id = LEAST(NEW.debit, NEW.credit) FOR NO KEY UPDATE;
    PERFORM 1 FROM account WHERE id = GREATEST(NEW.debit, NEW.credit) FOR NO KEY UPDATE;
    RETURN NEW;
END $$;

-- After, not before: a repeated key inserts no row and must move no money.
CREATE FUNCTION transfer_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE account
    SET bal = bal + CASE WHEN id = NEW.credit THEN NEW.amt ELSE -NEW.amt END
    WHERE id IN (NEW.debit, NEW.credit);
    RETURN NULL;
END $$;

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the ledger only grows', TG_OP, TG_TABLE_NAME;
END $$;

CREATE TRIGGER transfer_locks BEFORE INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_locks();
CREATE TRIGGER transfer_moves AFTER INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_moves();
CREATE TRIGGER transfer_stays BEFORE UPDATE OR DELETE ON transfer FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER transfer_kept BEFORE TRUNCATE ON transfer FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER account_stays BEFORE UPDATE OF id, kind, name ON account FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER account_moves BEFORE UPDATE OF bal ON account FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse();
CREATE TRIGGER account_kept BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER account_starts_empty BEFORE INSERT ON account FOR EACH ROW WHEN (NEW.bal <> 0) EXECUTE FUNCTION refuse();

INSERT INTO account (kind, name) VALUES
    ('system', 'chain'), -- mirrors the coins in the on-chain wallet: minus what came in, plus what went out
    ('system', 'loss');  -- what a reorganisation took and nobody could give back
