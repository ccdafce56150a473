-- What comes over Lightning.

CREATE TABLE invoice (
    hash      TEXT PRIMARY KEY,                    -- payment hash, hexadecimal
    user_id   BIGINT NOT NULL REFERENCES user_account (id),
    preimage  TEXT NOT NULL,                       -- ours, hexadecimal; '' if the node chose it
    text      TEXT NOT NULL UNIQUE,                -- BOLT 11
    amount    BIGINT NOT NULL CHECK (amount >= 0),  -- msat; 0: the payer chooses
    memo      TEXT NOT NULL DEFAULT '',
    sender    TEXT NOT NULL DEFAULT '',            -- what a payer wrote who is not ours (LUD-12)
    door      TEXT NOT NULL DEFAULT '',            -- who asked for it: '' the user, 'web', 'app:NAME'
    state     TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'inside', 'settled')),
    paid      BIGINT CHECK (paid > 0),              -- msat really paid
    created   BIGINT NOT NULL,
    expires   BIGINT NOT NULL,
    settled   BIGINT,                                 -- when
    CONSTRAINT paid_when_settled CHECK ((state = 'settled') = (paid IS NOT NULL) AND (state = 'settled') = (settled IS NOT NULL))
);

CREATE INDEX invoice_open ON invoice (user_id, expires) WHERE state = 'open';

-- Aside ('inside') while one of ours pays it in the ledger, back if that came to
-- nothing; settled for good.
CREATE TRIGGER invoice_moves BEFORE UPDATE ON invoice FOR EACH ROW
WHEN (OLD.state = 'settled' OR NEW.hash <> OLD.hash OR NEW.user_id <> OLD.user_id OR NEW.text <> OLD.text OR NEW.amount <> OLD.amount)
EXECUTE FUNCTION refuse();

CREATE TRIGGER invoice_kept BEFORE DELETE ON invoice FOR EACH ROW EXECUTE FUNCTION refuse();

INSERT INTO account (kind, name, floor) VALUES
    ('system', 'lightning', -2100000000000000000); -- mirrors what users have in channels: minus what came in, plus what went out
