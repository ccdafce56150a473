-- What is known of a node is known of that node: one that follows it counts from
-- the start, and never heard of what the first one did.

-- How far the receipts of each Lightning node are booked: 'receipts:' and its public
-- key, and ':N' in the life after it forgot what it showed for the Nth time. What was
-- booked so far came from the one that was looked at; if that has followed another one,
-- nobody knows from which, so it is told from the start, and booked once.
UPDATE node_cursor
SET name = 'receipts:' || COALESCE((SELECT value FROM node_cursor WHERE name = 'look.node'), '')
WHERE name = 'receipts' AND NOT EXISTS (SELECT 1 FROM frozen WHERE reason = 'other-node' AND ref LIKE 'node:%' AND who <> '');

DELETE FROM node_cursor WHERE name = 'receipts';

DROP TRIGGER invoice_moves;

ALTER TABLE invoice ADD COLUMN node TEXT NOT NULL DEFAULT ''; -- the Lightning node that was paid, and its life, named as in node_cursor; '' of one that has no key, or if none was paid or nobody knows

UPDATE invoice
SET node = COALESCE((SELECT value FROM node_cursor WHERE name = 'look.node'), '')
WHERE EXISTS (SELECT 1 FROM transfer t WHERE t.ref = 'invoice:' || invoice.hash AND t.step = 'credit:1')
  AND NOT EXISTS (SELECT 1 FROM frozen WHERE reason = 'other-node' AND ref LIKE 'node:%' AND who <> '');

CREATE TRIGGER invoice_moves BEFORE UPDATE ON invoice
WHEN OLD.state = 'settled' OR NEW.hash <> OLD.hash OR NEW.user_id <> OLD.user_id OR NEW.text <> OLD.text OR NEW.amount <> OLD.amount
BEGIN
    SELECT RAISE(ABORT, 'an invoice cannot change like this');
END;
