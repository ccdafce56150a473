package dbtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/db"
)

// The databases of tests are copies of one that was upgraded once: all the steps of an
// upgrade take longer than most tests do.
var (
	file    []byte // of SQLite
	inFile  sync.Once
	copied  = "upgraded" // of PostgreSQL
	inCopy  sync.Once
	errFile error
	errCopy error
)

// upgraded is where an upgraded database of its own is, on each engine.
func upgraded(t testing.TB, dialect db.Dialect) db.Config {
	t.Helper()
	if dialect == db.Postgres {
		s := started(t)
		inCopy.Do(func() {
			var dsn string
			if dsn, errCopy = s.CreateDB(context.Background(), copied); errCopy == nil {
				errCopy = upgrade(db.Config{Driver: "postgres", DSN: dsn})
			}
		})
		if errCopy != nil {
			t.Fatal(errCopy)
		}
		return db.Config{Driver: "postgres", DSN: dsn(t, copied)}
	}
	inFile.Do(func() { file, errFile = upgradedFile() })
	if errFile != nil {
		t.Fatal(errFile)
	}
	c := Empty(t, dialect)
	if err := os.WriteFile(c.File, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// upgradedFile is an upgraded database of SQLite.
func upgradedFile() (all []byte, err error) {
	dir, err := os.MkdirTemp("", "bitcoim-sqlite-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c := db.Config{Driver: "sqlite", File: filepath.Join(dir, "bitcoim.db")}
	if err := upgrade(c); err != nil {
		return nil, err
	}
	return os.ReadFile(c.File)
}

// upgrade upgrades a database, and leaves it to nobody.
func upgrade(c db.Config) error {
	d, err := db.Open(context.Background(), c)
	if err != nil {
		return err
	}
	return errors.Join(d.Upgrade(context.Background(), false, func(db.Step) {}), d.Close())
}
