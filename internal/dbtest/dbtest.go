// Package dbtest gives tests a fresh, upgraded database of each engine.
package dbtest

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/bitcoim/bitcoim/db"
)

// Each runs a test on every engine.
func Each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite is a fresh database in a file of its own.
func SQLite(t testing.TB) *db.DB {
	return open(t, db.Config{Driver: "sqlite", File: filepath.Join(t.TempDir(), "bitcoim.db")})
}

// Postgres is a fresh database in a cluster that this test process started.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return open(t, db.Config{Driver: "postgres", DSN: dsn(t)})
}

func open(t testing.TB, c db.Config) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := d.Upgrade(context.Background(), false, func(db.Step) {}); err != nil {
		t.Fatal(err)
	}
	return d
}
