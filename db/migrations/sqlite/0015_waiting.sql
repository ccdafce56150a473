-- What waits of one user is found among what waits of theirs, and not among all that they
-- ever ordered, or all that waits of others: one with many orders made everybody wait.
CREATE INDEX order_new ON payment_order (user_id, id) WHERE state = 'new';
CREATE INDEX order_live ON payment_order (user_id, id) WHERE state IN ('held', 'sending', 'in_flight', 'confirming', 'stuck');
CREATE INDEX order_key ON payment_order (user_id, client_key, id) WHERE client_key <> '';
CREATE INDEX order_flight ON payment_order (payment_hash) WHERE payment_hash IS NOT NULL AND to_user IS NULL AND state IN ('held', 'sending', 'in_flight', 'stuck');
CREATE INDEX coin_pending ON coin (user_id) WHERE state IN ('seen', 'reorged');

-- These are of all users, and say so by what is true of each order: nothing is found by
-- them that is asked about one user.
DROP INDEX order_due;
DROP INDEX order_open;
CREATE INDEX order_due ON payment_order (due) WHERE state IN ('held', 'sending', 'in_flight', 'confirming', 'stuck') AND amount > 0;
CREATE INDEX order_open ON payment_order (expires) WHERE state = 'new' AND amount > 0;
