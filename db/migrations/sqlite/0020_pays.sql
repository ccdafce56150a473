-- A transaction that no order made says whom it paid. An order that has not begun by these
-- books and is for the same may be the one that made it: the books may be an older copy.

ALTER TABLE frozen ADD COLUMN pays TEXT NOT NULL DEFAULT ''; -- JSON list of {address, amount} in msat; '' if it is about no transaction, or was found before this column was there
