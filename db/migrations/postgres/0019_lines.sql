-- A line of a statement names its coin in one word, and each line that somebody read was
-- compared with every coin that ever came to anybody.
CREATE INDEX coin_word ON coin (CAST(txid || ':' || CAST(vout AS TEXT) AS TEXT));
