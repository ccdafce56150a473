package db

// SetWatch has every statement of a transaction and every query told, before the first
// of them is run. Each is one journey to the database: tests count them.
func (d *DB) SetWatch(watch func(query string)) { d.watch = watch }

// Commits is how often SQLite was asked for a COMMIT since the start, each of which waits
// for the disk once. Of PostgreSQL, which shares that among sessions, nothing is known: 0.
func (d *DB) Commits() int64 {
	if d.sharing == nil {
		return 0
	}
	return d.sharing.commits.Load()
}

func (d *DB) watched(query string) {
	if d.watch != nil {
		d.watch(query)
	}
}
