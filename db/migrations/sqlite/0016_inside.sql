-- A payment between two users is one step and one transfer: the order goes from new to
-- done, and the money from payer to payee. Nothing is set aside for what nobody outside
-- takes part in. Orders that were booked in two transfers stay as they are.

-- The list is that of before, but for 'order pay', which comes from the payer, or from
-- what was set aside for a neighbour's invoice. Everything else about this trigger is
-- said where it was made first.
DROP TRIGGER transfer_moves;

CREATE TRIGGER transfer_moves AFTER INSERT ON transfer BEGIN
    SELECT RAISE(ABORT, 'no such step, or no such accounts')
    WHERE (substr(rtrim(NEW.step, '0123456789'), -1) = ':') <> (rtrim(NEW.step, '0123456789') <> NEW.step)
       OR NEW.step LIKE '%:0%'
       OR (SELECT kind FROM account WHERE id = NEW.debit) || ' ' || (SELECT kind FROM account WHERE id = NEW.credit) IS NOT
        CASE substr(NEW.ref, 1, instr(NEW.ref, ':') - 1) || ' ' || rtrim(NEW.step, '0123456789')
            WHEN 'order hold' THEN 'user held'
            WHEN 'order pay' THEN CASE (SELECT kind FROM account WHERE id = NEW.debit) WHEN 'user' THEN 'user user' ELSE 'held user' END
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

-- What each kind of payment may do; nothing else can happen to it.
DROP TRIGGER order_moves;

CREATE TRIGGER order_moves BEFORE UPDATE OF state ON payment_order
WHEN OLD.state <> NEW.state AND NOT (
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
        'stuck>in_flight', 'stuck>done', 'stuck>failed'))
BEGIN
    SELECT RAISE(ABORT, 'an order cannot make this move');
END;
