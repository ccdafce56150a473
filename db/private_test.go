package db_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bitcoim/bitcoim/db"
)

// An SQLite database holds secrets: it is its owner's alone, whatever the umask.
func TestAFileIsItsOwnersAlone(t *testing.T) {
	old := syscall.Umask(0o022)
	defer syscall.Umask(old)
	c := db.Config{Driver: "sqlite", File: filepath.Join(t.TempDir(), "x.db")}
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Upgrade(t.Context(), false, func(db.Step) {}); err != nil {
		t.Fatal(err)
	}
	if err := d.Backup(t.Context(), c.File+".copy"); err != nil {
		t.Fatal(err)
	}
	all, err := filepath.Glob(c.File + "*")
	if err != nil || len(all) < 4 { // with -wal, -shm and the copy
		t.Fatal(all, err)
	}
	for _, name := range all {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has %v (%v)", filepath.Base(name), info.Mode(), err)
		}
	}
	for _, name := range []string{c.File, c.File + "-wal"} {
		for _, mode := range []os.FileMode{0o640, 0o644, 0o602} {
			if err := os.Chmod(name, mode); err != nil {
				t.Fatal(err)
			}
			other, err := db.Open(t.Context(), c)
			if err == nil {
				_ = other.Close()
			}
			if err == nil || !strings.Contains(err.Error(), "chmod 600 "+name) {
				t.Errorf("%s with %v: %v", filepath.Base(name), mode, err)
			}
		}
		if err := os.Chmod(name, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
