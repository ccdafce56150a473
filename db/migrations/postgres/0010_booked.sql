-- Who said that a payment over Lightning was made: the node, or an operator.
ALTER TABLE payment_order ADD COLUMN by_hand BIGINT NOT NULL DEFAULT 0 CHECK (by_hand IN (0, 1)); -- an operator booked it as paid; the node need not say the same

UPDATE payment_order
SET by_hand = 1
WHERE state = 'done' AND EXISTS (SELECT 1 FROM operator_act a WHERE a.act = 'book' AND a.target = 'order:' || CAST(payment_order.id AS TEXT));
