-- Programs that use a wallet in its user's name, each with rights and a budget
-- of its own.

CREATE TABLE app (
    id           INTEGER PRIMARY KEY,
    user_id      INTEGER NOT NULL REFERENCES user_account (id),
    name         TEXT NOT NULL,                    -- as the user calls it
    kind         TEXT NOT NULL CHECK (kind IN ('moneysocket', 'lime')),
    secret       TEXT NOT NULL UNIQUE,             -- moneysocket: the shared seed; lime: SHA-256 of the key; hexadecimal
    beacon       TEXT NOT NULL DEFAULT '',         -- that is dialled; '' waits for the app
    budget       INTEGER NOT NULL CHECK (budget >= 0 AND budget <= 2100000000000000000), -- msat that it may spend unasked
    per          TEXT NOT NULL CHECK (per IN ('day', 'week', 'month', 'total')),
    since        INTEGER NOT NULL,                 -- what was spent before does not count
    expires      INTEGER,
    receive_only INTEGER NOT NULL CHECK (receive_only IN (0, 1)),
    paused       INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    created      INTEGER NOT NULL,
    joined       INTEGER,                          -- when it was last there
    ended        INTEGER,                          -- when it was taken away
    instance     TEXT NOT NULL DEFAULT '',         -- of the gateway, that dials the beacon
    leased       INTEGER NOT NULL DEFAULT 0,       -- until when
    notice       INTEGER,                          -- the last one about payments within the budget,
    noticed      INTEGER NOT NULL DEFAULT 0,       -- when it was first told,
    paid         INTEGER NOT NULL DEFAULT 0,       -- the msat
    payments     INTEGER NOT NULL DEFAULT 0        -- and the payments that it speaks of
) STRICT;

CREATE UNIQUE INDEX app_name ON app (user_id, name) WHERE ended IS NULL;

CREATE TRIGGER app_kept BEFORE DELETE ON app BEGIN
    SELECT RAISE(ABORT, 'an app is never deleted');
END;

-- What apps asked for. The same key is one request, whatever comes of it.
CREATE TABLE app_request (
    app_id   INTEGER NOT NULL REFERENCES app (id),
    key      TEXT NOT NULL,                        -- the app's own for it
    hash     TEXT NOT NULL,                        -- payment hash of the invoice that is paid or was made, hexadecimal; '' none
    order_id INTEGER REFERENCES payment_order (id), -- that pays
    unasked  INTEGER NOT NULL DEFAULT 0 CHECK (unasked IN (0, 1)), -- paid out of the budget
    refused  TEXT NOT NULL DEFAULT '',             -- why nothing was done, as the app was told
    told     INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)), -- the app knows the end
    created  INTEGER NOT NULL,
    PRIMARY KEY (app_id, key)
) STRICT;

CREATE INDEX app_request_order ON app_request (order_id);
CREATE INDEX app_request_untold ON app_request (app_id) WHERE told = 0;
CREATE INDEX app_request_age ON app_request (app_id, created);

-- The app on whose word an order was confirmed, out of its budget; NULL is the
-- user in person.
ALTER TABLE payment_order ADD COLUMN by_app INTEGER REFERENCES app (id);

-- Passwords of those who log in without an XMPP server.
CREATE TABLE login (
    user_id INTEGER PRIMARY KEY REFERENCES user_account (id),
    hash    TEXT NOT NULL
) STRICT;

-- How many passwords a user has had. Sessions that entered with an earlier one
-- are over, at every instance of the gateway.
ALTER TABLE user_account ADD COLUMN passwords INTEGER NOT NULL DEFAULT 0;

-- Who may act for whom over LIME. It is of users: names move on.
CREATE TABLE delegation (
    owner   INTEGER NOT NULL REFERENCES user_account (id), -- whose account it is
    target  INTEGER NOT NULL REFERENCES user_account (id), -- who may act for them
    rules   TEXT NOT NULL,                         -- what they may do: a delegation of LIME, in JSON
    created INTEGER NOT NULL,
    PRIMARY KEY (owner, target)
) STRICT;

CREATE INDEX delegation_target ON delegation (target);

-- What apps are shown a balance in, '' for bitcoin. The books know msat alone.
ALTER TABLE user_account ADD COLUMN fiat TEXT NOT NULL DEFAULT '';

-- Addresses that their user does not want to see any more. Coins that still come
-- to them count as ever.
ALTER TABLE deposit_address ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1));

-- Invoices that bots sent as messages. What became of one is told to its user's
-- bots, by one instance of the gateway.
CREATE TABLE lime_bill (
    id      INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES user_account (id), -- who is paid, and told
    message TEXT NOT NULL,                         -- id of the message; '' none
    node    TEXT NOT NULL,                         -- that it was sent to, and that tells
    payer   TEXT NOT NULL,                         -- username; '' if it is nobody here
    hash    TEXT NOT NULL,                         -- payment hash of the invoice, hexadecimal; '' without Lightning
    address TEXT NOT NULL,                         -- on the chain
    amount  INTEGER NOT NULL CHECK (amount > 0),    -- msat
    line    INTEGER NOT NULL,                      -- number of the user's newest line of statement, then
    created INTEGER NOT NULL,
    ends    INTEGER NOT NULL,
    state   TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'cancelled')),
    proof   TEXT NOT NULL DEFAULT '',              -- what paid it: the hash, '#' and a line of statement, or 'txid:vout'
    ended   INTEGER NOT NULL DEFAULT 0,
    leased  INTEGER NOT NULL DEFAULT 0,            -- until when an instance tells its end
    told    INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1))
) STRICT;

-- A message that comes again is the same bill, and one payment pays one.
CREATE UNIQUE INDEX lime_bill_message ON lime_bill (user_id, message, hash, amount) WHERE message <> '';
CREATE UNIQUE INDEX lime_bill_proof ON lime_bill (user_id, proof) WHERE proof <> '';
CREATE INDEX lime_bill_untold ON lime_bill (user_id) WHERE told = 0;

-- Who watches an account asks what ended lately.
CREATE INDEX order_ended ON payment_order (user_id, ended);
CREATE INDEX invoice_settled ON invoice (user_id, settled) WHERE state = 'settled';
