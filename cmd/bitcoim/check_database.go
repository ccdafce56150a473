package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/worker"
)

// checkDatabase opens the books, if they are there and of this program. The caller closes
// them.
func checkDatabase(ctx context.Context, c config.Config) (*db.DB, string, error) {
	d, err := openDB(ctx, c)
	if err != nil {
		return nil, "", err
	}
	s, err := d.Status(ctx)
	if err == nil {
		err = d.Current(ctx)
	}
	if err != nil {
		return nil, "", errors.Join(damaged(err), d.Close())
	}
	said := fmt.Sprintf("%s, schema %d of %d", c.Database.Driver, s.Have, s.Want)
	more, err := checkFile(ctx, d)
	if err != nil {
		return nil, "", errors.Join(err, d.Close())
	}
	return d, said + more, errors.Join(inTime(ctx, d, time.Now), checkServed(ctx, c, d))
}

// fileTime is for how long check reads the file of SQLite.
const fileTime = checkTime / 2

// checkFile looks whether the file of SQLite fits together, and whether the gateway that
// runs writes into it.
func checkFile(ctx context.Context, d *db.DB) (said string, err error) {
	short, cancel := context.WithTimeout(ctx, fileTime)
	defer cancel()
	switch err := d.Whole(short); {
	case err != nil && short.Err() != nil && ctx.Err() == nil:
		said = "; too large to be looked through now: bitcoim db verify does"
	case err != nil:
		return "", damaged(err)
	}
	return said, servedHere(ctx, d, servedTime)
}

// servedTime is how long a gateway that has the file may take to say so in the books:
// one that has just begun has not yet.
const servedTime = 20 * time.Second

// servedHere fails if a gateway has the file, and the books that are in it now do not know
// of one for so long: somebody put others in their place.
func servedHere(ctx context.Context, d *db.DB, within time.Duration) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	late := time.NewTimer(within)
	defer late.Stop()
	seen := worker.Instance{DB: d, Clock: time.Now}
	for d.Taken() && seen.Alone(ctx) {
		select {
		case <-tick.C:
		case <-late.C:
			return damaged(fmt.Errorf("%w: what runs has %s.lock, and writes nothing into these books", db.ErrDamaged, d.File()))
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// damaged says what to do when a file does not fit together.
func damaged(err error) error {
	switch {
	case !db.IsDamaged(err):
		return err
	case !errors.Is(err, db.ErrDamaged):
		err = fmt.Errorf("%w (%w)", db.ErrDamaged, err)
	}
	return fmt.Errorf("%w. Stop the gateway, keep the file, and restore a backup: see Backup and restore in docs/OPERATING.md", err)
}
