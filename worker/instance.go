package worker

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Instance says that this gateway is alive, and hears of the others that
// share its database.
type Instance struct {
	DB    *db.DB
	Name  string
	Clock func() time.Time

	wrote atomic.Bool
}

// absent is after how many seconds of silence an instance counts as dead.
const absent = 15

// Step writes that we are here.
func (i *Instance) Step(ctx context.Context) (bool, error) {
	now := i.Clock().Unix()
	err := i.DB.Tx(ctx, func(tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM instance WHERE seen < $1`, now-24*3600); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
INSERT INTO instance (name, seen) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET seen = excluded.seen`, i.Name, now)
		return err
	})
	if err == nil {
		i.wrote.Store(true)
	}
	return false, err
}

// Kept fails with db.ErrDamaged if who opens the file of SQLite now does not find there
// what Step wrote: somebody copied over it, and all that is written is lost.
func (i *Instance) Kept(ctx context.Context) (bool, error) {
	if !i.wrote.Load() {
		return false, ErrIdle
	}
	return false, i.DB.Anew(func(q sqlx.QueryerContext) error {
		var n int
		err := sqlx.GetContext(ctx, q, &n, `SELECT COUNT(*) FROM instance WHERE name = $1`, i.Name)
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: what this gateway writes is not in it", db.ErrDamaged)
		}
		return err
	})
}

// Leave writes that we are gone.
func (i *Instance) Leave(ctx context.Context) error {
	return i.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM instance WHERE name = $1`, i.Name)
		return err
	})
}

// Alone reports that no other instance was seen lately. When in doubt it says no.
func (i *Instance) Alone(ctx context.Context) bool {
	var n int
	err := sqlx.GetContext(ctx, i.DB.Read(), &n, `SELECT COUNT(*) FROM instance WHERE name <> $1 AND seen > $2`, i.Name, i.Clock().Unix()-absent)
	return err == nil && n == 0
}
