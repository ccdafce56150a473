-- A payment on the chain says which wallet signed it, as one over Lightning says at
-- which node it began: another wallet has never heard of it. 'unknown' is no wallet's.

UPDATE payment_order
SET node = COALESCE((SELECT split_part(value, ' ', 1) FROM node_cursor WHERE name = 'look.keys'), '')
WHERE node = '' AND id IN (SELECT order_id FROM effect);
