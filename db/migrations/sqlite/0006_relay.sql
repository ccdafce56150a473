-- What the Bitcoin network showed of our payments. It is told to the payer and
-- never books anything.

CREATE TABLE relay (
    order_id INTEGER PRIMARY KEY REFERENCES payment_order (id),
    report   TEXT NOT NULL,                        -- JSON of all the evidence
    given    INTEGER NOT NULL,                          -- nodes that took it from us
    seen     INTEGER NOT NULL,                          -- other nodes that announced it
    told     INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)), -- the payer knows that it is relayed
    updated  INTEGER NOT NULL
) STRICT;
