-- A look at the nodes asks what was paid to the outside lately, and when that began, and read
-- every order that anybody ever made. Payments to a neighbour are not in these.
CREATE INDEX order_outside ON payment_order (ended) WHERE to_user IS NULL AND state = 'done';
CREATE INDEX order_first ON payment_order (confirmed) WHERE to_user IS NULL AND confirmed IS NOT NULL;
