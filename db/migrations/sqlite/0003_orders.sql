-- Payment orders and what they do outside.

CREATE TABLE payment_order (
    id            INTEGER PRIMARY KEY,
    user_id       INTEGER NOT NULL REFERENCES user_account (id),
    code          TEXT NOT NULL,                   -- what the payer types to confirm; '' was imported without
    state         TEXT NOT NULL CHECK (state IN ('new', 'held', 'sending', 'in_flight', 'confirming',
                      'done', 'failed', 'cancelled', 'expired', 'stuck')),
    to_user       INTEGER REFERENCES user_account (id), -- a neighbour, or
    to_address    TEXT,                            -- an address on the chain, or
    payment_hash  TEXT,                            -- of an invoice, hexadecimal; with to_user it is a neighbour's
    invoice       TEXT NOT NULL DEFAULT '',        -- BOLT 11
    open_amount   INTEGER NOT NULL DEFAULT 0 CHECK (open_amount IN (0, 1)), -- the invoice leaves the amount to the payer
    preimage      TEXT,                            -- proof that the invoice was paid, hexadecimal
    success       TEXT NOT NULL DEFAULT '',        -- what the payee wants said when it is paid (LUD-09)
    said_to       TEXT NOT NULL,                   -- the recipient as the payer knows it
    said_at       TEXT NOT NULL,                   -- local part of the contact it was ordered from, '' the gateway
    amount        INTEGER NOT NULL CHECK (amount > 0 AND amount <= 2100000000000000000), -- msat that the recipient gets
    fee_limit     INTEGER NOT NULL CHECK (fee_limit >= 0 AND fee_limit <= 2100000000000000000), -- msat set aside for the network
    fee           INTEGER CHECK (fee >= 0),        -- msat really paid
    speed         TEXT NOT NULL DEFAULT '',        -- 'slow', 'normal', 'fast'; '' inside
    fee_rate      INTEGER NOT NULL DEFAULT 0,      -- sat per 1000 virtual bytes when quoted
    memo          TEXT NOT NULL DEFAULT '',
    client_key    TEXT NOT NULL DEFAULT '',        -- id of the request that made it, for corrections
    created       INTEGER NOT NULL,
    expires       INTEGER NOT NULL,
    confirmed     INTEGER,                         -- when the money was set aside
    ended         INTEGER,
    due           INTEGER NOT NULL DEFAULT 0,      -- when a worker looks at it (again)
    tries         INTEGER NOT NULL DEFAULT 0,
    claim         INTEGER NOT NULL DEFAULT 0,      -- number of the last who took it in hand; who has a lower one has no say any more
    taken         INTEGER NOT NULL DEFAULT 0 CHECK (taken IN (0, 1, 2)), -- 1: somebody has it in hand; 2: whoever had it is silent, and one more lease is waited for
    attempt       INTEGER NOT NULL DEFAULT 0,      -- number of the last attempt to pay the hash that the node knew before this order began; 0 none
    node          TEXT NOT NULL DEFAULT '',        -- public key of the Lightning node at which it began; '' of one that has none
    begun         INTEGER,                      -- when it began to pay an invoice
    calls         INTEGER NOT NULL DEFAULT 0,      -- how often a node was, or was about to be, called to pay the invoice
    answered      INTEGER NOT NULL DEFAULT 0 CHECK (answered <= calls), -- how many of those calls have ended
    confirmations INTEGER NOT NULL DEFAULT 0,
    settled       INTEGER NOT NULL DEFAULT 0,      -- how often it was booked as mined; a reorganisation books it back
    reason        TEXT NOT NULL DEFAULT '',        -- phrase key of why it failed
    CONSTRAINT one_recipient CHECK (CASE WHEN to_address IS NULL THEN to_user IS NOT NULL OR payment_hash IS NOT NULL
                                         ELSE to_user IS NULL AND payment_hash IS NULL END),
    CONSTRAINT invoice_with_hash CHECK ((payment_hash IS NULL) = (invoice = '')),
    CONSTRAINT fee_within_limit CHECK (fee IS NULL OR fee <= fee_limit)
) STRICT;

-- A code means one order of its user, for good. Some that came over have none.
CREATE UNIQUE INDEX order_code ON payment_order (user_id, code) WHERE code <> '';
-- One invoice is paid once, whoever orders it.
CREATE UNIQUE INDEX order_hash ON payment_order (payment_hash)
WHERE payment_hash IS NOT NULL AND state NOT IN ('new', 'failed', 'cancelled', 'expired');
-- The audit asks what became of a payment of the node, in every state.
CREATE INDEX order_of_hash ON payment_order (payment_hash) WHERE payment_hash IS NOT NULL;

CREATE INDEX order_of_user ON payment_order (user_id, id);
CREATE INDEX order_confirmed ON payment_order (user_id, confirmed) WHERE confirmed IS NOT NULL; -- what is spent in a day
CREATE INDEX order_due ON payment_order (due) WHERE state IN ('held', 'sending', 'in_flight', 'confirming', 'stuck');
CREATE INDEX order_open ON payment_order (expires) WHERE state = 'new';

-- What each kind of payment may do; nothing else can happen to it.
CREATE TRIGGER order_moves BEFORE UPDATE OF state ON payment_order
WHEN OLD.state <> NEW.state AND NOT (
    OLD.state || '>' || NEW.state IN ('new>cancelled', 'new>expired', 'new>held', 'held>failed')
    OR OLD.to_user IS NOT NULL AND OLD.payment_hash IS NULL AND OLD.state || '>' || NEW.state = 'held>done'
    OR OLD.to_address IS NOT NULL AND OLD.state || '>' || NEW.state IN (
        'held>sending',
        'sending>in_flight', 'sending>confirming', 'sending>stuck',
        'in_flight>confirming', 'in_flight>stuck',
        'confirming>in_flight', 'confirming>done',
        'stuck>confirming', 'stuck>in_flight', 'stuck>failed')
    OR OLD.payment_hash IS NOT NULL AND OLD.state || '>' || NEW.state IN (
        'held>sending',
        'sending>in_flight', 'sending>done', 'sending>failed', 'sending>stuck',
        'in_flight>done', 'in_flight>failed', 'in_flight>stuck',
        'stuck>in_flight', 'stuck>done', 'stuck>failed'))
BEGIN
    SELECT RAISE(ABORT, 'an order cannot make this move');
END;

CREATE TRIGGER order_kept BEFORE DELETE ON payment_order BEGIN
    SELECT RAISE(ABORT, 'an order is never deleted');
END;

-- The one transaction of an order that pays outside, stored before anybody
-- else sees it. One row an order: there is no second effect.
CREATE TABLE effect (
    order_id INTEGER PRIMARY KEY REFERENCES payment_order (id),
    txid     TEXT NOT NULL UNIQUE,
    raw      BLOB NOT NULL,                        -- signed, with witness
    fee      INTEGER NOT NULL CHECK (fee >= 0),    -- msat
    inputs   TEXT NOT NULL,                        -- JSON list of {txid, vout}
    created  INTEGER NOT NULL
) STRICT;

CREATE TRIGGER effect_stays BEFORE UPDATE ON effect BEGIN
    SELECT RAISE(ABORT, 'an effect never changes');
END;

CREATE TRIGGER effect_kept BEFORE DELETE ON effect BEGIN
    SELECT RAISE(ABORT, 'an effect is never deleted');
END;

-- Requests already met: the same key has one effect and one answer.
CREATE TABLE request (
    jid     TEXT NOT NULL,
    key     TEXT NOT NULL,
    hash    TEXT NOT NULL,                         -- of what was asked
    reply   TEXT NOT NULL,                         -- JSON
    created INTEGER NOT NULL,
    PRIMARY KEY (jid, key)
) STRICT;

CREATE INDEX request_age ON request (created);

-- What must be told.
CREATE TABLE notice (
    id      INTEGER PRIMARY KEY,
    jid     TEXT NOT NULL,
    node    TEXT NOT NULL DEFAULT '',              -- local part of the contact that says it
    phrase  TEXT NOT NULL,
    args    TEXT NOT NULL DEFAULT '{}',            -- JSON
    next    TEXT NOT NULL DEFAULT '[]',            -- JSON list of commands that may follow
    lang    TEXT NOT NULL DEFAULT '',
    unit    TEXT NOT NULL DEFAULT '',
    balance INTEGER NOT NULL DEFAULT 0 CHECK (balance IN (0, 1)),
    edits   INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    due     INTEGER NOT NULL,
    tries   INTEGER NOT NULL DEFAULT 0,
    bounced INTEGER NOT NULL DEFAULT 0,           -- the try that came back from the user's server, 0: none
    told    INTEGER
) STRICT;

-- What was told stays for a while; a claim must not walk over it.
CREATE INDEX notice_waiting ON notice (id) WHERE told IS NULL;
CREATE INDEX notice_turn ON notice (jid, id) WHERE told IS NULL;

-- The lines a user reads as history, numbered by user.
CREATE TABLE statement (
    user_id  INTEGER NOT NULL REFERENCES user_account (id),
    n        INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    incoming INTEGER NOT NULL CHECK (incoming IN (0, 1)),
    amount   INTEGER NOT NULL CHECK (amount > 0),  -- msat, without fee
    peer     TEXT NOT NULL,                        -- who or where, as said then
    memo     TEXT NOT NULL DEFAULT '',
    order_id INTEGER REFERENCES payment_order (id),
    coin     TEXT,                                 -- 'txid:vout' of a deposit
    invoice  TEXT,                                 -- payment hash of what came over Lightning
    PRIMARY KEY (user_id, n)
) STRICT;

CREATE INDEX statement_order ON statement (order_id);
