package dbtest

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/bitcoim/bitcoim/db"
)

// Empty is where an empty database of its own is, on each engine.
func Empty(t testing.TB, dialect db.Dialect) db.Config {
	t.Helper()
	if dialect == db.SQLite {
		return db.Config{Driver: "sqlite", File: filepath.Join(t.TempDir(), "bitcoim.db")}
	}
	return db.Config{Driver: "postgres", DSN: dsn(t, "")}
}

// Open opens a database as a program of its own would, and leaves the schema as
// it is. It is closed when the test ends.
func Open(t testing.TB, c db.Config) *db.DB {
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
	return d
}

// Several are n programs at one fresh, upgraded database. SQLite allows
// that to tests only: a gateway locks others out.
func Several(t testing.TB, dialect db.Dialect, n int) []*db.DB {
	t.Helper()
	c := upgraded(t, dialect)
	all := make([]*db.DB, n)
	for i := range all {
		all[i] = Open(t, c)
	}
	return all
}
