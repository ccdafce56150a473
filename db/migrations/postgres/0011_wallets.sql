-- What is known of a wallet on the chain is known of that wallet: one that follows it
-- never heard of what came to the first one.

ALTER TABLE coin ADD COLUMN wallet TEXT NOT NULL DEFAULT ''; -- a key of the wallet that listed it last; '' if none was looked at, 'unknown', which is no wallet's, if nobody knows

-- What was there when an operator declared another wallet may be of the one before, of
-- which this one has never heard.
UPDATE coin
SET wallet = CASE WHEN seen <= (SELECT MAX(lifted) FROM frozen WHERE reason = 'other-node' AND ref LIKE 'wallet:%' AND who <> '')
             THEN 'unknown' ELSE COALESCE((SELECT split_part(value, ' ', 1) FROM node_cursor WHERE name = 'look.keys'), '') END;

UPDATE payment_order
SET node = 'unknown'
WHERE id IN (SELECT order_id FROM effect WHERE created <= (SELECT MAX(lifted) FROM frozen WHERE reason = 'other-node' AND ref LIKE 'wallet:%' AND who <> ''));

-- How far each wallet was read: 'deposits:' and the key by which it is known. One that
-- followed another is read from the start, and what it lists is its own.
DELETE FROM node_cursor WHERE name = 'deposits' AND EXISTS (SELECT 1 FROM frozen WHERE reason = 'other-node' AND ref LIKE 'wallet:%' AND who <> '');

UPDATE node_cursor
SET name = 'deposits:' || COALESCE((SELECT split_part(value, ' ', 1) FROM node_cursor WHERE name = 'look.keys'), '')
WHERE name = 'deposits';

-- Who declared another node or wallet meant the changeover to it, and that is over.
UPDATE frozen SET who = '' WHERE reason = 'other-node' AND lifted IS NOT NULL;
