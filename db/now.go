package db

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Now is the time by the database's clock, in seconds since 1970: the one clock
// that all instances share. What is decided under a lock asks it after the
// lock, because waiting for one may take longer than what it decides about.
// SQLite has no clock but that of the machine it is on.
func (t *Tx) Now(ctx context.Context) (int64, error) { return t.d.now(ctx, t) }

// Now is the same for what only looks whether there is something to do.
func (d *DB) Now(ctx context.Context) (int64, error) { return d.now(ctx, d.Read()) }

func (d *DB) now(ctx context.Context, q sqlx.QueryerContext) (int64, error) {
	switch {
	case d.clock != nil:
		return d.clock().Unix(), nil
	case d.Dialect != Postgres:
		return time.Now().Unix(), nil
	}
	var now int64
	if err := sqlx.GetContext(ctx, q, &now, `SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp())) AS BIGINT)`); err != nil {
		return 0, fmt.Errorf("db: time: %w", err)
	}
	return now, nil
}

// NowAfter runs a query that locks rows and names them by their id. It is the time when
// it has them, and which they are: one journey to the database for both.
func (t *Tx) NowAfter(ctx context.Context, locks string, args ...any) (now int64, ids []int64, err error) {
	var rows []struct{ ID, Now int64 }
	err = t.SelectContext(ctx, &rows, `SELECT id, CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp())) AS BIGINT) AS now FROM (`+locks+`) AS locked`, args...)
	if err != nil {
		return 0, nil, fmt.Errorf("db: lock: %w", err)
	}
	for _, r := range rows {
		now, ids = r.Now, append(ids, r.ID)
	}
	if t.d.clock != nil || len(rows) == 0 { // a clock of one's own, or nothing to lock
		now, err = t.Now(ctx)
	}
	return now, ids, err
}

// SetClock has Now read another clock, before the first transaction. Tests
// hand theirs in.
func (d *DB) SetClock(clock func() time.Time) { d.clock = clock }
