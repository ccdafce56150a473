package db

import (
	"errors"
	"io/fs"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// StepsIn is steps of a tree that a test made.
var StepsIn = steps

// LostRace is what Tx asks before it runs a transaction again.
var LostRace = lostRace

// Migrate makes d run the migrations of a test.
func (d *DB) Migrate(from fs.FS) { d.migrations = from }

// Most is how many statements are kept prepared, for reading and for writing.
const Most = most

// Kept counts them, on PostgreSQL those of one connection.
func (d *DB) Kept() (read, wrote int) {
	if d.Dialect == Postgres {
		const q = `SELECT COUNT(*) FROM pg_prepared_statements`
		if err := errors.Join(d.r.Get(&read, q), d.w.Get(&wrote, q)); err != nil {
			panic(err)
		}
		return read, wrote
	}
	count := func(s *statements) (n int) {
		s.all.Range(func(any, any) bool { n++; return true })
		return n
	}
	return count(&d.read), count(&d.wrote)
}

// Pools are how many connections may write, and how many only read.
func (d *DB) Pools() (write, read int) {
	return d.w.Stats().MaxOpenConnections, d.r.Stats().MaxOpenConnections
}

// ConnectTimeout is for how long who connects by a DSN waits for an answer.
func ConnectTimeout(dsn string) (time.Duration, error) {
	cfg, err := settings(dsn)
	if err != nil {
		return 0, err
	}
	return cfg.ConnectTimeout, nil
}

// Waiting is how many callers wait for their turn to write (SQLite).
func (d *DB) Waiting() int {
	d.sharing.mu.Lock()
	defer d.sharing.mu.Unlock()
	return len(d.sharing.waiting)
}

// ShareFor sets after which time nobody joins a transaction (SQLite).
func (d *DB) ShareFor(t time.Duration) { d.sharing.time = t }

// Encrypted says whether who connects by a DSN encrypts, and whether they would go on without.
func Encrypted(dsn string) (first, always bool, err error) {
	cfg, err := settings(dsn)
	if err != nil {
		return false, false, err
	}
	return cfg.TLSConfig != nil, cfg.TLSConfig != nil && !slices.ContainsFunc(cfg.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.TLSConfig == nil }), nil
}
