-- What was told is forgotten after a week. Each hour a sweep looks for it, and does not
-- read all that was told since then.
CREATE INDEX notice_told ON notice (told) WHERE told IS NOT NULL;
