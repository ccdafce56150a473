-- A cause that stops payments says of which node or wallet it was found: another one,
-- which is not asked about it, does not end it.

ALTER TABLE frozen ADD COLUMN node TEXT NOT NULL DEFAULT ''; -- public key of the Lightning node, or a key of the wallet; '' of one that has no key, or if it is about none or nobody knows

-- What was found before is of the node and the wallet that are looked at, unless the
-- operator has gone over to them since: then nobody knows.
UPDATE frozen
SET node = COALESCE((SELECT value FROM node_cursor WHERE name = 'look.node'), '')
WHERE reason IN ('paid', 'not-made', 'made-earlier', 'not-credited', 'credited-otherwise', 'not-received')
  AND NOT EXISTS (SELECT 1 FROM frozen f WHERE f.reason = 'other-node' AND f.ref LIKE 'node:%' AND f.lifted IS NOT NULL);

UPDATE frozen
SET node = COALESCE((SELECT o.node FROM effect e JOIN payment_order o ON o.id = e.order_id WHERE e.txid = frozen.ref), '')
WHERE reason = 'not-mined';
