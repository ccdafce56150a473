-- What is known of a wallet on the chain is known of that wallet: one that follows it
-- never heard of what came to the first one.

ALTER TABLE coin ADD COLUMN wallet TEXT NOT NULL DEFAULT ''; -- a key of the wallet that listed it last; '' if nobody knows

UPDATE coin SET wallet = COALESCE((SELECT substr(value, 1, instr(value || ' ', ' ') - 1) FROM node_cursor WHERE name = 'look.keys'), '');

-- How far each wallet was read: 'deposits:' and the key by which it is known.
UPDATE node_cursor
SET name = 'deposits:' || COALESCE((SELECT substr(value, 1, instr(value || ' ', ' ') - 1) FROM node_cursor WHERE name = 'look.keys'), '')
WHERE name = 'deposits';

-- Who declared another node or wallet meant the changeover to it, and that is over.
UPDATE frozen SET who = '' WHERE reason = 'other-node' AND lifted IS NOT NULL;
