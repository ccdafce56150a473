package legacy_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/legacy"
)

func TestReadRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ file, want string }{
		"another file":                {written(t, "a picture of a cat"), "no SQLite 3 file"},
		"an empty file":               {written(t, ""), "no SQLite 3 file"},
		"a torn database":             {written(t, "SQLite format 3\x00and then nothing"), ""},
		"an empty database":           {old(t, `CREATE TABLE x (y)`), "no table registrations"},
		"no registrations":            {old(t, oldMeta+oldVersion+oldPayments), "no table registrations"},
		"no payments in version 1":    {old(t, oldMeta+oldVersion+oldRegistrations), "no table payments"},
		"registrations are a view":    {old(t, `CREATE VIEW registrations AS SELECT 1 AS id, 'x@y' AS registered_jid`), "no table registrations"},
		"another table registrations": {old(t, `CREATE TABLE registrations (id, jid)`), "no column registered_jid"},
		"another table payments":      {old(t, oldMeta+oldVersion+oldRegistrations+`CREATE TABLE payments (id)`), "no column from_jid"},
		"another table meta":          {old(t, oldRegistrations+oldPayments+`CREATE TABLE meta (x)`), "meta has other columns"},
		"a newer version":             {old(t, version1+`update meta set value=2`), `schema version ["2"]`},
		"a version that is no number": {old(t, version1+`update meta set value='one'`), "versions 0 and 1 are known"},
		"two versions":                {old(t, version1+`insert into meta (name, value) values ('db_version', '0')`), "versions 0 and 1 are known"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := legacy.Read(context.Background(), tt.file)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if tt.want != "" && !errors.Is(err, legacy.ErrNotOurs) {
				t.Errorf("%v is not ErrNotOurs", err)
			}
		})
	}
}

func TestReadWithoutAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "none")
	if _, err := legacy.Read(context.Background(), file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Error("reading made the file")
	}
}

func TestReadChangesNothing(t *testing.T) {
	file := old(t, village)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o400); err != nil {
		t.Fatal(err)
	}
	if _, err := legacy.Read(context.Background(), file); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(file)
	if err != nil || string(before) != string(after) {
		t.Errorf("the file changed: %v", err)
	}
}

func TestReadVersions(t *testing.T) {
	for name, tt := range map[string]struct {
		script string
		want   int
	}{
		"the first tables of 2010":  {november, 0},
		"an upgrade that broke off": {oldMeta + `insert into meta (name, value) values ('db_version', '0');` + oldRegistrations, 0},
		"meta and nothing in it":    {oldMeta + oldRegistrations, 0},
		"what was running in 2011":  {village, 1},
		"an upgrade that ran twice": {version1 + `insert into meta (name, value) values ('db_version', 1);`, 1},
		"before there were names":   {oldMeta + oldVersion + november + decemberPayments, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := legacy.Read(context.Background(), old(t, tt.script))
			if err != nil {
				t.Fatal(err)
			}
			if s.Version != tt.want {
				t.Errorf("got version %d, want %d", s.Version, tt.want)
			}
		})
	}
}
