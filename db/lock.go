package db

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
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
	for try := 1; ; try++ { // who asks whether it is taken has it for a moment
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f.Close, nil
		}
		if try == 20 {
			_ = f.Close()
			return nil, fmt.Errorf("db: another bitcoim serves %s (several need PostgreSQL)", d.file)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// Taken reports that somebody has the lock of Alone on an SQLite file.
func (d *DB) Taken() bool {
	if d.Dialect != SQLite {
		return false
	}
	f, err := os.Open(d.file + ".lock")
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}
