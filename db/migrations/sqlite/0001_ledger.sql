-- Money. Amounts are whole millisatoshi; times are seconds since 1970 UTC.

CREATE TABLE account (
    id    INTEGER PRIMARY KEY,
    kind  TEXT NOT NULL CHECK (kind IN ('user', 'held', 'system')),
    name  TEXT NOT NULL UNIQUE,         -- 'user:7', 'held:7', 'chain', 'loss'
    bal   INTEGER NOT NULL DEFAULT 0,   -- moved by the insert of a transfer and by nothing else
    floor INTEGER NOT NULL DEFAULT 0 CHECK (floor BETWEEN -2100000000000000000 AND 0), -- how low it may go: below zero for 'system' only, see account_starts
    CONSTRAINT no_overdraft CHECK (bal >= floor)
) STRICT;

CREATE TABLE transfer (
    id      INTEGER PRIMARY KEY,
    ref     TEXT NOT NULL,              -- what happened: 'order:12', 'coin:<txid>:0'
    step    TEXT NOT NULL,              -- which part of it: 'hold', 'settle', 'release', 'credit:1'
    debit   INTEGER NOT NULL REFERENCES account (id),
    credit  INTEGER NOT NULL REFERENCES account (id),
    amt     INTEGER NOT NULL CHECK (amt > 0 AND amt <= 2100000000000000000),
    created INTEGER NOT NULL,
    CONSTRAINT booked_once UNIQUE (ref, step),
    CONSTRAINT two_accounts CHECK (debit <> credit)
) STRICT;

-- After, not before: a repeated key inserts no row and must move no money.
-- INSERT OR IGNORE would pass over an update that breaks a CHECK: it is caught.
-- It begins with the list of what may be booked: the kind of the reference and the
-- step, without its number, say between which kinds of account. Only what is
-- counted has a number.
CREATE TRIGGER transfer_moves AFTER INSERT ON transfer BEGIN
    SELECT RAISE(ABORT, 'no such step, or no such accounts')
    WHERE (substr(rtrim(NEW.step, '0123456789'), -1) = ':') <> (rtrim(NEW.step, '0123456789') <> NEW.step)
       OR NEW.step LIKE '%:0%'
       OR (SELECT kind FROM account WHERE id = NEW.debit) || ' ' || (SELECT kind FROM account WHERE id = NEW.credit) IS NOT
        CASE substr(NEW.ref, 1, instr(NEW.ref, ':') - 1) || ' ' || rtrim(NEW.step, '0123456789')
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
            ELSE ''
        END;
    UPDATE account SET bal = bal - NEW.amt WHERE id = NEW.debit;
    SELECT RAISE(ABORT, 'the debit did not move') WHERE changes() <> 1;
    UPDATE account SET bal = bal + NEW.amt WHERE id = NEW.credit;
    SELECT RAISE(ABORT, 'the credit did not move') WHERE changes() <> 1;
END;

CREATE TRIGGER transfer_stays BEFORE UPDATE ON transfer BEGIN
    SELECT RAISE(ABORT, 'a transfer never changes');
END;

CREATE TRIGGER transfer_kept BEFORE DELETE ON transfer BEGIN
    SELECT RAISE(ABORT, 'a transfer is never deleted');
END;

CREATE TRIGGER account_starts BEFORE INSERT ON account
WHEN NEW.bal <> 0 OR (NEW.floor < 0) <> (NEW.kind = 'system') BEGIN
    SELECT RAISE(ABORT, 'an account starts empty, and only the system''s may be overdrawn');
END;

CREATE TRIGGER account_stays BEFORE UPDATE OF id, kind, name, floor ON account BEGIN
    SELECT RAISE(ABORT, 'only the balance of an account changes');
END;

CREATE TRIGGER account_kept BEFORE DELETE ON account BEGIN
    SELECT RAISE(ABORT, 'an account is never deleted');
END;

-- All accounts together are zero, so none has more than the system's owe: all coins
-- that there can be for each of them, which together still fit in 64 bits.
INSERT INTO account (kind, name, floor) VALUES
    ('system', 'chain', -2100000000000000000), -- mirrors the coins in the on-chain wallet: minus what came in, plus what went out
    ('system', 'loss', -2100000000000000000);  -- what a reorganisation took and nobody could give back
