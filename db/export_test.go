package db

import (
	"io/fs"
	"time"
)

// StepsIn is steps of a tree that a test made.
var StepsIn = steps

// LostRace is what Tx asks before it runs a transaction again.
var LostRace = lostRace

// Migrate makes d run the migrations of a test.
func (d *DB) Migrate(from fs.FS) { d.migrations = from }

// Most is how many statements are kept prepared, for reading and for writing.
const Most = most

// Kept counts them.
func (d *DB) Kept() (read, wrote int) {
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
	return cfg.ConnectTimeout, err
}

// Waiting is how many callers wait for their turn to write (SQLite).
func (d *DB) Waiting() int {
	d.sharing.mu.Lock()
	defer d.sharing.mu.Unlock()
	return len(d.sharing.waiting)
}

// ShareFor sets after which time nobody joins a transaction (SQLite).
func (d *DB) ShareFor(t time.Duration) { d.sharing.time = t }
