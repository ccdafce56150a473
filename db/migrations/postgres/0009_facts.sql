-- Each fact about one thing stops payments by itself: who declares that the node has
-- forgotten a payment does not say that it may make it after all.
ALTER TABLE frozen DROP CONSTRAINT frozen_pkey, ADD PRIMARY KEY (ref, reason);
