package db

import (
	"context"
	"fmt"
)

// sorted refuses a PostgreSQL whose indexes were made in another order of letters
// than the one in which they would be searched, as after an upgrade of the C
// library. A key that is there would not be found in them, and an event would be
// booked twice.
func (d *DB) sorted(ctx context.Context) error {
	var version int
	if err := d.w.GetContext(ctx, &version, `SHOW server_version_num`); err != nil {
		return fmt.Errorf("db: version: %w", err)
	}
	if version < 15_00_00 { // it does not keep count
		return nil
	}
	var is struct{ Name, Made, Now string }
	err := d.w.GetContext(ctx, &is, `
SELECT datname AS name, COALESCE(datcollversion, '') AS made, COALESCE(pg_database_collation_actual_version(oid), '') AS now
FROM pg_database
WHERE datname = current_database()`)
	if err != nil {
		return fmt.Errorf("db: collation: %w", err)
	}
	if is.Made != "" && is.Now != "" && is.Made != is.Now {
		return fmt.Errorf("db: the indexes of %[1]q were sorted by version %[2]s of its locale, and this system has %[3]s: "+
			`say REINDEX DATABASE "%[1]s", then ALTER DATABASE "%[1]s" REFRESH COLLATION VERSION`, is.Name, is.Made, is.Now)
	}
	return nil
}
