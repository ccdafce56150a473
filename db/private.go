package db

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// parts are the files of an SQLite database. The journal gets the rights of the
// database from SQLite.
var parts = []string{"", "-wal", "-shm", "-journal"}

// ownOnly makes sure that an SQLite database is nobody's but ours: it holds the
// seeds of apps and the preimages of invoices. A new one is made so; one that
// others may read is refused, as a key would be, for they may have read it.
func ownOnly(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("db: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("db: %w", err)
	}
	for _, part := range parts {
		info, err := os.Stat(path + part)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("db: %w", err)
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			return fmt.Errorf("db: others than its owner may use %s (mode %04o): say chmod 600 %[1]s", path+part, mode)
		}
	}
	return nil
}
