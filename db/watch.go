package db

// SetWatch has every journey to the database told before it is made: the statements and
// queries of which one is, without BEGIN and COMMIT. Tests count them.
func (d *DB) SetWatch(watch func(queries ...string)) { d.watch = watch }

// Commits is how often SQLite was asked for a COMMIT since the start, each of which waits
// for the disk once. Of PostgreSQL, which shares that among sessions, nothing is known: 0.
func (d *DB) Commits() int64 {
	if d.sharing == nil {
		return 0
	}
	return d.sharing.commits.Load()
}

func (d *DB) watched(all ...Statement) {
	if d.watch == nil || len(all) == 0 {
		return
	}
	queries := make([]string, len(all))
	for i, s := range all {
		queries[i] = s.Query
	}
	d.watch(queries...)
}
