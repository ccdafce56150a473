-- What the Bitcoin network showed of our payments. It is told to the payer and
-- never books anything.

CREATE TABLE relay (
    order_id BIGINT PRIMARY KEY REFERENCES payment_order (id),
    report   TEXT NOT NULL,                        -- JSON of all the evidence
    given    BIGINT NOT NULL,                          -- nodes that took it from us
    seen     BIGINT NOT NULL,                          -- other nodes that announced it
    told     BIGINT NOT NULL DEFAULT 0 CHECK (told IN (0, 1)), -- the payer knows that it is relayed
    updated  BIGINT NOT NULL
);
