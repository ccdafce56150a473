-- A payment between two users is one step and one transfer: the order goes from new to
-- done, and the money from payer to payee. Nothing is set aside for what nobody outside
-- takes part in. Orders that were booked in two transfers stay as they are.

-- The list is that of before, but for 'order pay', which comes from the payer, or from
-- what was set aside for a neighbour's invoice. No kind of account is a part of another's
-- name. Everything else about this function is said where it was made first.
CREATE OR REPLACE FUNCTION transfer_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part  TEXT := rtrim(NEW.step, '0123456789'); -- the step without its number: only what is counted has one
    ends  TEXT := CASE split_part(NEW.ref, ':', 1) || ' ' || part -- kinds that the debit may be, and the credit
        WHEN 'order hold' THEN 'user held'
        WHEN 'order pay' THEN 'user/held user'
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
    END;
    moved INTEGER;
BEGIN
    UPDATE account
    SET bal = bal + CASE WHEN id = NEW.credit THEN NEW.amt ELSE -NEW.amt END
    WHERE id IN (NEW.debit, NEW.credit) AND strpos(split_part(ends, ' ', CASE WHEN id = NEW.credit THEN 2 ELSE 1 END), kind) > 0;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved = 2 AND (right(part, 1) = ':') = (part <> NEW.step) AND NEW.step NOT LIKE '%:0%' THEN
        RETURN NULL;
    ELSIF NEW.debit = NEW.credit THEN
        RAISE EXCEPTION 'transfer % % goes from account % to itself', NEW.ref, NEW.step, NEW.debit
            USING ERRCODE = 'check_violation', CONSTRAINT = 'two_accounts';
    END IF;
    RAISE EXCEPTION 'transfer % % between % and %: no such step, or no such accounts', NEW.ref, NEW.step, NEW.debit, NEW.credit
        USING ERRCODE = 'check_violation', CONSTRAINT = 'allowed_step';
END $$;

-- What each kind of payment may do; nothing else can happen to it.
DROP TRIGGER order_moves ON payment_order;

CREATE TRIGGER order_moves BEFORE UPDATE OF state ON payment_order FOR EACH ROW
WHEN (OLD.state <> NEW.state AND NOT (
    OLD.state || '>' || NEW.state IN ('new>cancelled', 'new>expired')
    OR OLD.to_user IS NOT NULL AND OLD.payment_hash IS NULL AND OLD.state || '>' || NEW.state = 'new>done'
    OR OLD.to_address IS NOT NULL AND OLD.state || '>' || NEW.state IN (
        'new>held',
        'held>sending', 'held>failed',
        'sending>in_flight', 'sending>confirming', 'sending>stuck',
        'in_flight>confirming', 'in_flight>stuck',
        'confirming>in_flight', 'confirming>done',
        'stuck>confirming', 'stuck>in_flight', 'stuck>failed')
    OR OLD.payment_hash IS NOT NULL AND OLD.state || '>' || NEW.state IN (
        'new>held',
        'held>sending', 'held>failed',
        'sending>in_flight', 'sending>done', 'sending>failed', 'sending>stuck',
        'in_flight>done', 'in_flight>failed', 'in_flight>stuck',
        'stuck>in_flight', 'stuck>done', 'stuck>failed')))
EXECUTE FUNCTION refuse();
