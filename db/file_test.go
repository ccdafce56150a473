package db_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

func TestABackupIsAWorkingCopy(t *testing.T) {
	d := dbtest.SQLite(t)
	notes(t, d)
	to := filepath.Join(t.TempDir(), "it's a copy?.db") // SQL and URL must not trip over the name
	if err := d.Tx(t.Context(), func(*db.Tx) error { return d.Backup(t.Context(), to) }); err != nil {
		t.Fatalf("while somebody writes: %v", err)
	}
	write(t, d, `UPDATE note SET n = 9`)
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy is %v (%v), want 0600", info.Mode(), err)
	}
	copied := dbtest.Open(t, db.Config{Driver: "sqlite", File: to})
	if err := copied.Current(t.Context()); err != nil {
		t.Error(err)
	}
	if got := read[int](t, copied, `SELECT SUM(n) FROM note`); got != 0 {
		t.Errorf("the copy has %d, want what was there then", got)
	}
	if got := read[string](t, copied, `PRAGMA integrity_check`); got != "ok" {
		t.Error(got)
	}
	write(t, copied, `UPDATE note SET n = 3`)
}

func TestABackupOverwritesNothing(t *testing.T) {
	d := dbtest.SQLite(t)
	dir := t.TempDir()
	there, empty, link := filepath.Join(dir, "there"), filepath.Join(dir, "empty"), filepath.Join(dir, "link")
	for path, text := range map[string]string{there: "mine", empty: ""} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{there, empty, link, d.File(), filepath.Join(dir, "no", "folder")} {
		if err := d.Backup(t.Context(), path); err == nil {
			t.Errorf("%s was written", path)
		}
	}
	if got, err := os.ReadFile(there); err != nil || string(got) != "mine" {
		t.Errorf("%q (%v)", got, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "elsewhere")); err == nil {
		t.Error("the backup went through a link")
	}
	if err := dbtest.Postgres(t).Backup(t.Context(), filepath.Join(dir, "post")); err == nil || !strings.Contains(err.Error(), "pg_dump") {
		t.Errorf("PostgreSQL: %v", err)
	}
}

func TestOneGatewayServesAFile(t *testing.T) {
	all := dbtest.Several(t, db.SQLite, 2)
	release, err := all[0].Alone()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := all[1].Alone(); err == nil {
		t.Error("a second one in this process was let in")
	}
	if out, err := child(t, all[0].File()).CombinedOutput(); !strings.Contains(string(out), "locked-out") {
		t.Errorf("a second process was let in: %s (%v)", out, err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	again, err := all[1].Alone()
	if err != nil {
		t.Fatalf("after the first one left: %v", err)
	}
	if err := again(); err != nil {
		t.Error(err)
	}
}

// Who asks whether a file is served has its lock for a moment, and keeps no gateway off it.
func TestWhoAsksKeepsNobodyOff(t *testing.T) {
	all := dbtest.Several(t, db.SQLite, 2)
	if all[1].Taken() {
		t.Error("taken by nobody")
	}
	release, err := all[0].Alone()
	if err != nil {
		t.Fatal(err)
	}
	if !all[1].Taken() {
		t.Error("not taken by who has it")
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		for ctx.Err() == nil {
			all[1].Taken()
		}
	}()
	defer func() { stop(); <-asked }()
	for range 50 {
		release, err := all[0].Alone()
		if err == nil {
			err = release()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAGatewayThatDiesGivesTheFileUp(t *testing.T) {
	d := dbtest.SQLite(t)
	p := child(t, d.File())
	stay, err := p.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stay.Close()
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan() && !strings.Contains(lines.Text(), "let-in"); {
	}
	if _, err := d.Alone(); err == nil {
		t.Error("two were let in")
	}
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait()
	release, err := d.Alone()
	if err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}

func TestPostgresServesMany(t *testing.T) {
	for _, d := range dbtest.Several(t, db.Postgres, 2) {
		release, err := d.Alone()
		if err != nil {
			t.Fatal(err)
		}
		if err := release(); err != nil {
			t.Error(err)
		}
	}
}

func child(t *testing.T, file string) *exec.Cmd {
	p := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildAlone$", "-test.v")
	p.Env = append(os.Environ(), "DB_TEST_ALONE="+file)
	return p
}

// The child of the tests above.
func TestChildAlone(t *testing.T) {
	file := os.Getenv("DB_TEST_ALONE")
	if file == "" {
		t.Skip("runs as a child only")
	}
	release, err := dbtest.Open(t, db.Config{Driver: "sqlite", File: file}).Alone()
	if err != nil {
		fmt.Println("locked-out:", err)
		return
	}
	fmt.Println("let-in")
	_, _ = io.Copy(io.Discard, os.Stdin) // until the parent ends it
	_ = release()
}
