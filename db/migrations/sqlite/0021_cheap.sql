-- These two are of all orders of a user, and say so by what is true of each: what is asked
-- by a code or by a time is found by its own index and not among all that a user ever
-- ordered, also while nobody has counted yet how much there is.
DROP INDEX order_of_user;
DROP INDEX order_ended;
CREATE INDEX order_of_user ON payment_order (user_id, id) WHERE fee_limit >= 0;
CREATE INDEX order_ended ON payment_order (user_id, ended) WHERE fee_limit >= 0;
