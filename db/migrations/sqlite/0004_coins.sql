-- Coins that come in.

CREATE TABLE deposit_address (
    address TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES user_account (id), -- decides whose coins they are; the node's label is a hint
    node    TEXT NOT NULL UNIQUE,                  -- local part of the address as a contact
    label   TEXT NOT NULL DEFAULT '',
    used    INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0, 1)),
    created INTEGER NOT NULL
) STRICT;

CREATE INDEX deposit_address_user ON deposit_address (user_id);

CREATE TABLE coin (
    txid          TEXT NOT NULL,
    vout          INTEGER NOT NULL,
    address       TEXT NOT NULL REFERENCES deposit_address (address),
    user_id       INTEGER NOT NULL REFERENCES user_account (id),
    amount        INTEGER NOT NULL CHECK (amount > 0), -- msat
    state         TEXT NOT NULL CHECK (state IN ('seen', 'small', 'credited', 'reorged', 'gone')),
    round         INTEGER NOT NULL DEFAULT 0,      -- how often it was credited
    shortage      INTEGER NOT NULL DEFAULT 0,      -- msat of the last reversal that the user no longer had
    confirmations INTEGER NOT NULL DEFAULT 0,
    needed        INTEGER NOT NULL DEFAULT 1 CHECK (needed > 0), -- confirmations until it counts, by the rules of when it was first seen
    block         TEXT NOT NULL DEFAULT '',
    height        INTEGER NOT NULL DEFAULT 0,
    seen          INTEGER NOT NULL,
    PRIMARY KEY (txid, vout)
) STRICT;

CREATE INDEX coin_user ON coin (user_id);
CREATE INDEX coin_young ON coin (confirmations);

-- How far the nodes were read; moved in the transaction that booked what was read.
CREATE TABLE node_cursor (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    at    INTEGER NOT NULL
) STRICT;
