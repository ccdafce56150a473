-- A cause that stops payments says which orders there were when it was found. A clock
-- does not: that of a machine which got a copy of the books may be behind.

ALTER TABLE frozen ADD COLUMN orders INTEGER NOT NULL DEFAULT 0; -- number of the newest payment order when it was found; 0: none, or it stops nothing

UPDATE frozen SET orders = (SELECT COALESCE(MAX(id), 0) FROM payment_order) WHERE lifted IS NULL;
