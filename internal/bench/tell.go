package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/worker"
)

const (
	making  = 8      // clients that post transfers meanwhile
	waiting = 50_000 // notices that wait when a measurement begins
)

// measureNotices tells notices to a door that takes each at once, beside the same telling
// one at a time: what differs is what is written about them, in a row with what others write.
func measureNotices(ctx context.Context, p plan) ([]row, error) {
	return onBoth(ctx, func(c db.Config, _ processor) (rows []row, err error) {
		p.note("%s", c.Driver)
		b, err := openBooks(ctx, c, p.users)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, b.db.Close()) }()
		got, err := turns(ctx, p, b.tells(1), b.tells(0))
		if err != nil {
			return nil, err
		}
		r := got.row(fmt.Sprintf("notices told, %s, while %d clients post transfers", c.Driver, making), "one at a time", 10)
		r.processor = "" // those who post take it, too
		return []row{r}, nil
	})
}

// tells measures how fast notices are told, so many at once, while others post transfers.
func (b *books) tells(most int) rate {
	return func(ctx context.Context, d time.Duration) (s sample, err error) {
		if err := b.wait(ctx); err != nil {
			return s, err
		}
		door := &doormat{}
		w := &worker.Tell{DB: b.db, Teller: door, Log: slog.Default(), Most: most}
		meanwhile, end := context.WithCancel(ctx)
		var others errgroup.Group
		for range making {
			others.Go(func() error {
				for meanwhile.Err() == nil {
					if err := b.transfer(ctx, 0); err != nil {
						return err
					}
				}
				return nil
			})
		}
		defer func() { end(); err = errors.Join(err, others.Wait()) }()
		began, more := time.Now(), true
		for time.Since(began) < d && more {
			if more, err = w.Step(ctx); err != nil {
				return s, err
			}
		}
		return sampled(door.took.Load(), time.Since(began), 0), nil
	}
}

// wait has notices of all users wait, as many as is said.
func (b *books) wait(ctx context.Context) error {
	return b.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `
INSERT INTO notice (jid, phrase, created, due)
WITH RECURSIVE more (n) AS (
    SELECT (SELECT COUNT(*) FROM notice WHERE told IS NULL)
    UNION ALL
    SELECT n + 1 FROM more WHERE n < $1
)
SELECT 'user' || CAST(n % 1000 AS TEXT) || '@bench', 'order.received', 0, 0 FROM more WHERE n < $1`, waiting)
		return err
	})
}

// doormat is a door that takes everything.
type doormat struct{ took atomic.Int64 }

func (d *doormat) Tell(context.Context, outbox.Notice) error {
	d.took.Add(1)
	return nil
}
