package db

// SetWatch has every statement of a transaction and every query told, before the first
// of them is run. Each is one journey to the database: tests count them.
func (d *DB) SetWatch(watch func(query string)) { d.watch = watch }

func (d *DB) watched(query string) {
	if d.watch != nil {
		d.watch(query)
	}
}
