// Package dbtest gives tests a fresh, upgraded database of each engine.
package dbtest

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
)

// Each runs a test on every engine.
func Each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite is a fresh database in a file of its own.
func SQLite(t testing.TB) *db.DB { return Several(t, db.SQLite, 1)[0] }

// Postgres is a fresh database in a cluster that this test process started.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return Several(t, db.Postgres, 1)[0]
}
