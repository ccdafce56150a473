-- Who the money belongs to.

CREATE TABLE user_account (
    id            INTEGER PRIMARY KEY,
    jid           TEXT NOT NULL UNIQUE,             -- bare JID as the server normalises it
    money         INTEGER NOT NULL UNIQUE REFERENCES account (id),
    held          INTEGER NOT NULL UNIQUE REFERENCES account (id), -- set aside for open orders
    active        INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)), -- 0: unregistered, coins kept
    suspended     INTEGER NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1)), -- may receive, not send
    reason        TEXT NOT NULL DEFAULT '',         -- of the suspension
    lang          TEXT NOT NULL DEFAULT '',         -- '' is the language of each message
    unit          TEXT NOT NULL DEFAULT 'sat' CHECK (unit IN ('sat', 'bit', 'mbtc', 'btc')),
    notify        INTEGER NOT NULL DEFAULT 1 CHECK (notify IN (0, 1)),
    presence      INTEGER NOT NULL DEFAULT 1 CHECK (presence IN (0, 1)), -- balance in the status
    day_limit     INTEGER CHECK (day_limit >= 0),   -- msat a day, the user's own; NULL is the operator's
    day_limit_new INTEGER CHECK (day_limit_new >= 0), -- a raise that waits; NULL with a time lifts the limit
    day_limit_at  INTEGER,                          -- when the raise takes effect
    created       INTEGER NOT NULL
) STRICT;

-- A name belongs to one user for good: after release it is never given to
-- somebody else before the quarantine has passed, and it never redirects.
CREATE TABLE username (
    name     TEXT PRIMARY KEY,
    skeleton TEXT NOT NULL UNIQUE,                 -- what it looks like: no two names look the same
    user_id  INTEGER NOT NULL REFERENCES user_account (id),
    released INTEGER                               -- NULL while in use
) STRICT;

CREATE UNIQUE INDEX username_current ON username (user_id) WHERE released IS NULL;

-- Contacts of the gateway that a user subscribed to.
CREATE TABLE roster (
    user_id INTEGER NOT NULL REFERENCES user_account (id),
    node    TEXT NOT NULL,                         -- local part of the contact
    PRIMARY KEY (user_id, node)
) STRICT;

-- People whom a user wants to hear nothing of.
CREATE TABLE mute (
    user_id INTEGER NOT NULL REFERENCES user_account (id),
    muted   INTEGER NOT NULL REFERENCES user_account (id),
    PRIMARY KEY (user_id, muted)
) STRICT;

-- Who asked whom for money, for as long as that counts against asking more.
CREATE TABLE asking (
    id      INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES user_account (id), -- who was asked
    by      INTEGER NOT NULL REFERENCES user_account (id), -- who asked
    at      INTEGER NOT NULL                               -- seconds
) STRICT;

CREATE INDEX asking_user ON asking (user_id, at);

-- Gateways that share this database.
CREATE TABLE instance (
    name TEXT PRIMARY KEY,
    seen INTEGER NOT NULL
) STRICT;

-- What operators did to users; only grows.
CREATE TABLE operator_act (
    id     INTEGER PRIMARY KEY,
    who    TEXT NOT NULL,
    act    TEXT NOT NULL,
    target TEXT NOT NULL,
    reason TEXT NOT NULL,
    at     INTEGER NOT NULL
) STRICT;

CREATE TRIGGER operator_act_stays BEFORE UPDATE ON operator_act BEGIN
    SELECT RAISE(ABORT, 'the record only grows');
END;

CREATE TRIGGER operator_act_kept BEFORE DELETE ON operator_act BEGIN
    SELECT RAISE(ABORT, 'the record only grows');
END;

-- What stops payments to the outside, for all gateways, and what ended it.
-- Nothing of it goes: what an operator declared does not stop them again.
CREATE TABLE frozen (
    ref    TEXT PRIMARY KEY,                      -- what it is about: a txid, a payment hash, 'order:7', a rule of the audit
    reason TEXT NOT NULL,                         -- which fact; '' if it was declared before it was found
    what   TEXT NOT NULL,                         -- for the operator, in words
    since  INTEGER NOT NULL,                      -- when it was found
    lifted INTEGER,                               -- when it ended; NULL: it stops payments
    who    TEXT NOT NULL DEFAULT '' CHECK (who = '' OR lifted IS NOT NULL) -- the operator who declared it; '' the audit, that finds it no more
) STRICT;

CREATE INDEX frozen_now ON frozen (since, ref) WHERE lifted IS NULL;

CREATE TRIGGER frozen_kept BEFORE DELETE ON frozen BEGIN
    SELECT RAISE(ABORT, 'the record only grows');
END;
