package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/sandbox/postgres"
	"github.com/bitcoim/bitcoim/ledger"
)

// measureLedger posts transfers, each in a transaction of its own that is on
// disk before it is counted.
func measureLedger(ctx context.Context, p plan) (rows []row, err error) {
	return onBoth(ctx, func(c db.Config, server processor) ([]row, error) { return ledgerOn(ctx, p, c, server) })
}

// onBoth measures on a database of each engine.
func onBoth(ctx context.Context, measure func(c db.Config, server processor) ([]row, error)) (rows []row, err error) {
	dir, err := os.MkdirTemp("", "bitcoim-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o711); err != nil { // PostgreSQL runs as somebody else
		return nil, err
	}
	if rows, err = measure(db.Config{Driver: "sqlite", File: filepath.Join(dir, "bench.db")}, none); err != nil {
		return rows, fmt.Errorf("sqlite: %w", err)
	}
	cluster := filepath.Join(dir, "postgres")
	if err := os.Mkdir(cluster, 0o711); err != nil {
		return rows, err
	}
	s, err := postgres.Start(ctx, cluster)
	if err != nil {
		return rows, err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	dsn, err := s.CreateDB(ctx, "bench")
	if err != nil {
		return rows, err
	}
	// 21 connections are 16 that write, as many as the raw ones are.
	found, err := measure(db.Config{Driver: "postgres", DSN: dsn, MaxConnections: 21}, tree(s.PID()))
	if err != nil {
		err = fmt.Errorf("postgres: %w", err)
	}
	return append(rows, found...), err
}

func ledgerOn(ctx context.Context, p plan, c db.Config, server processor) (rows []row, err error) {
	raw := rawPostgres(c.DSN)
	if c.Driver == "sqlite" {
		raw = rawSQLite(c.File + "-raw")
	}
	b, err := openBooks(ctx, c, p.users)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.db.Close()) }()
	r, err := raw.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for _, clients := range []int{1, 16} {
		p.note("%s, clients: %d", c.Driver, clients)
		got, err := turns(ctx, p, many(clients, server, r.insert), many(clients, server, b.transfer))
		if err != nil {
			return rows, err
		}
		rows = append(rows, got.row(fmt.Sprintf("ledger transfers, %s, %d clients", c.Driver, clients), "single inserts", 0.6))
	}
	return rows, nil
}

// many runs a deed in several clients at once. Each deed has a number of its own. The
// processor is this process and the database server.
func many(clients int, server processor, deed func(ctx context.Context, n int64) error) rate {
	return func(ctx context.Context, d time.Duration) (sample, error) {
		var next, done atomic.Int64
		used, began := busy()+server(), time.Now()
		g, ctx := errgroup.WithContext(ctx)
		for range clients {
			g.Go(func() error {
				for time.Since(began) < d {
					if err := deed(ctx, next.Add(1)); err != nil {
						return err
					}
					done.Add(1)
				}
				return nil
			})
		}
		err := g.Wait()
		n := max(done.Load(), 1)
		return sample{float64(n) / time.Since(began).Seconds(), (busy() + server() - used) / time.Duration(n)}, err
	}
}

// books is a ledger with the accounts of a server's users, who have money. They
// are so many that clients seldom wait for one another, as single inserts never do.
type books struct {
	db       *db.DB
	accounts []ledger.Account
	held     []ledger.Account
	posted   atomic.Int64
}

func openBooks(ctx context.Context, c db.Config, users int) (*books, error) {
	d, err := db.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	b := &books{db: d}
	if err := d.Upgrade(ctx, false, func(db.Step) {}); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	err = d.Tx(ctx, func(tx *db.Tx) error {
		b.accounts, b.held = nil, nil
		chain, err := ledger.System(ctx, tx, "chain")
		if err != nil {
			return err
		}
		for i := range users {
			money, held, err := ledger.Open(ctx, tx, fmt.Sprintf("user%d@bench", i))
			if err != nil {
				return err
			}
			b.accounts, b.held = append(b.accounts, money), append(b.held, held)
			err = ledger.Post(ctx, tx, ledger.Transfer{Ref: fmt.Sprintf("import:%d", i), Step: "open", Debit: chain, Credit: money, Amount: 100 * amount.BTC})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return b, nil
}

// transfer sets one satoshi aside, from the money of one to what another holds,
// all pairs in turn.
func (b *books) transfer(ctx context.Context, _ int64) error {
	n, all := b.posted.Add(1), len(b.accounts)
	from := int(n*7) % all
	to := (from + 1 + int(n*13)%(all-1)) % all
	t := ledger.Transfer{
		Ref: fmt.Sprintf("order:%d", n), Step: "hold", Debit: b.accounts[from], Credit: b.held[to], Amount: amount.Sat, At: time.Now().Unix(),
	}
	return b.db.Tx(ctx, func(tx *db.Tx) error { return ledger.Post(ctx, tx, t) })
}
