-- What is known of a node is known of that node: one that follows it counts from
-- the start, and never heard of what the first one did.

-- How far the receipts of each Lightning node are booked: 'receipts:' and its public
-- key. What was booked so far came from the one that was looked at.
UPDATE node_cursor
SET name = 'receipts:' || COALESCE((SELECT value FROM node_cursor WHERE name = 'look.node'), '')
WHERE name = 'receipts';

DROP TRIGGER invoice_moves;

ALTER TABLE invoice ADD COLUMN node TEXT NOT NULL DEFAULT ''; -- public key of the Lightning node that was paid; '' of one that has none, or if none was

UPDATE invoice
SET node = COALESCE((SELECT value FROM node_cursor WHERE name = 'look.node'), '')
WHERE EXISTS (SELECT 1 FROM transfer t WHERE t.ref = 'invoice:' || invoice.hash AND t.step = 'credit:1');

CREATE TRIGGER invoice_moves BEFORE UPDATE ON invoice
WHEN OLD.state = 'settled' OR NEW.hash <> OLD.hash OR NEW.user_id <> OLD.user_id OR NEW.text <> OLD.text OR NEW.amount <> OLD.amount
BEGIN
    SELECT RAISE(ABORT, 'an invoice cannot change like this');
END;
