-- Each fact about one thing stops payments by itself: who declares that the node has
-- forgotten a payment does not say that it may make it after all.
CREATE TABLE frozen_fact (
    ref    TEXT NOT NULL,                         -- what it is about: a txid, a payment hash, 'order:7', a rule of the audit
    reason TEXT NOT NULL,                         -- which fact; '' if it was declared before it was found
    what   TEXT NOT NULL,                         -- for the operator, in words
    since  INTEGER NOT NULL,                      -- when it was found
    lifted INTEGER,                               -- when it ended; NULL: it stops payments
    who    TEXT NOT NULL DEFAULT '' CHECK (who = '' OR lifted IS NOT NULL), -- the operator who declared it; '' the audit, that finds it no more
    PRIMARY KEY (ref, reason)
) STRICT;

INSERT INTO frozen_fact (ref, reason, what, since, lifted, who) SELECT ref, reason, what, since, lifted, who FROM frozen;

DROP TABLE frozen;

ALTER TABLE frozen_fact RENAME TO frozen;

CREATE INDEX frozen_now ON frozen (since, ref) WHERE lifted IS NULL;

CREATE TRIGGER frozen_kept BEFORE DELETE ON frozen BEGIN
    SELECT RAISE(ABORT, 'the record only grows');
END;
