package dbtest

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// patience is longer than a session of the gateway waits for a lock. Then the
// ones that were meant have given up, and nobody will be seen any more.
const patience = 30 * time.Second

// Waits asks PostgreSQL until n of the sessions at this database wait for a
// lock. SQLite's writers wait in the program, where nobody sees them: it returns
// at once.
func Waits(ctx context.Context, d *db.DB, n int) error {
	if d.Dialect != db.Postgres {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for most := 0; ; time.Sleep(time.Millisecond) {
		var got int
		err := sqlx.GetContext(ctx, d.Read(), &got, `
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
		if most = max(most, got); err != nil {
			return fmt.Errorf("dbtest: %d sessions should wait for a lock, %d did: %w", n, most, err)
		}
		if got >= n {
			return nil
		}
	}
}
