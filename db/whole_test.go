package db_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

func TestAWholeDatabaseIsWhole(t *testing.T) {
	each(t, func(t *testing.T, c db.Config) {
		d := dbtest.Open(t, c)
		notes(t, d)
		if err := d.Whole(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestAFileWithAPageOfSomethingElseIsDamaged(t *testing.T) {
	d := dbtest.SQLite(t)
	notes(t, d)
	write(t, d, `WITH RECURSIVE n (i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) INSERT INTO note SELECT i, 0 FROM n`)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := d.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(copied, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.WriteAt(make([]byte, 4096), info.Size()/2/4096*4096)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	if err := dbtest.Open(t, db.Config{Driver: "sqlite", File: copied}).Whole(t.Context()); !errors.Is(err, db.ErrDamaged) {
		t.Errorf("got %v, want ErrDamaged", err)
	}
}

func TestAFileThatIsNoDatabaseIsDamaged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "no.db")
	text := make([]byte, 8192)
	copy(text, "dear diary")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), db.Config{Driver: "sqlite", File: file})
	if err == nil {
		err = errors.Join(d.Whole(t.Context()), d.Close())
	}
	if !db.IsDamaged(err) {
		t.Errorf("got %v", err)
	}
}
