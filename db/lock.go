package db

import (
	"fmt"
	"os"
	"syscall"
)

// Alone takes the lock that keeps a second gateway off an SQLite file; it is
// released when the process ends, however it ends. PostgreSQL needs none.
func (d *DB) Alone() (release func() error, err error) {
	if d.Dialect != SQLite {
		return func() error { return nil }, nil
	}
	f, err := os.OpenFile(d.file+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("db: another bitcoim serves %s (several need PostgreSQL)", d.file)
	}
	return f.Close, nil
}
