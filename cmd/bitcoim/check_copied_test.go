package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/worker"
)

// serving is the database of a gateway that runs, and of which there is a backup.
type serving struct {
	*testing.T
	db             *db.DB
	self           *worker.Instance
	config, copied string
	leave          func() // as at its end
}

func serves(t *testing.T) *serving {
	t.Helper()
	dir := t.TempDir()
	s := &serving{T: t, config: filepath.Join(dir, "bitcoim.toml"), copied: filepath.Join(dir, "copy.db")}
	writeConfig(t, s.config, filepath.Join(dir, "bitcoim.db"), "127.0.0.1:1")
	if err := run(t.Context(), []string{"-config", s.config, "db", "upgrade"}, &bytes.Buffer{}, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	c, err := (&program{config: s.config}).load()
	if err != nil {
		t.Fatal(err)
	}
	if s.db, err = openDB(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Backup(t.Context(), s.copied); err != nil {
		t.Fatal(err)
	}
	release, err := s.db.Alone()
	if err != nil {
		t.Fatal(err)
	}
	s.leave = func() { _ = errors.Join(release(), s.db.Close()) }
	t.Cleanup(s.leave)
	s.self = &worker.Instance{DB: s.db, Name: "it", Clock: time.Now}
	return s
}

func (s *serving) step() error {
	_, err := s.self.Step(s.Context())
	return err
}

// others are users of after the backup, more than the journal beside the file holds.
func (s *serving) others(many int) {
	s.Helper()
	err := s.db.Tx(s.Context(), func(tx *db.Tx) error {
		for i := range many {
			if _, _, err := useraccount.Register(s.Context(), tx, fmt.Sprintf("u%d@example.org", i), 1); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
}

// over does what an operator does who restores a copy and forgets to stop the gateway.
func (s *serving) over() {
	s.Helper()
	if out, err := exec.CommandContext(s.Context(), "cp", s.copied, s.db.File()).CombinedOutput(); err != nil {
		s.Fatalf("%v: %s", err, out)
	}
}

// says runs a verb in another process: who closes a file ends the locks that SQLite has on
// it in the same one.
func (s *serving) says(verb string) string {
	s.Helper()
	p := exec.CommandContext(s.Context(), os.Args[0], "-test.run=^TestChildRuns$", "-test.v")
	p.Env = append(os.Environ(), "BITCOIM_TEST_RUN=-config "+s.config+" "+verb)
	out, _ := p.CombinedOutput() // it fails, of which the test makes nothing
	return string(out)
}

// The child of the tests here.
func TestChildRuns(t *testing.T) {
	args := os.Getenv("BITCOIM_TEST_RUN")
	if args == "" {
		t.Skip("runs as a child only")
	}
	fmt.Println(run(t.Context(), strings.Fields(args), os.Stdout, os.Stdout))
}

func TestAFileThatWasCopiedOverIsSeen(t *testing.T) {
	s := serves(t)
	s.kept(worker.ErrIdle) // it has written nothing yet
	if err := s.step(); err != nil {
		t.Fatal(err)
	}
	s.others(1000)
	if said := s.says("check"); !strings.Contains(said, "database   ok: sqlite") {
		t.Errorf("before: %s", said)
	}
	s.kept(nil)
	s.over()
	s.kept(db.ErrDamaged)
	if err := s.step(); err != nil { // it goes on with what it remembers
		t.Log(err)
	}
	s.kept(db.ErrDamaged)
	s.damaged()
}

// A gateway whose file was copied over says so in its log.
func TestAGatewayLogsThatItsFileWasCopiedOver(t *testing.T) {
	s := serves(t)
	if err := s.step(); err != nil {
		t.Fatal(err)
	}
	s.others(1000)
	s.over()
	c, err := (&program{config: s.config}).load()
	if err != nil {
		t.Fatal(err)
	}
	log, to := io.Pipe()
	g := &gateway{config: c, db: s.db, node: still{}, log: slog.New(slog.NewTextHandler(to, nil))}
	jobs, err := g.jobs(s.self, nil, &worker.Signal{}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	work, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var back errgroup.Group
	for _, job := range jobs {
		back.Go(func() error { return job(work) })
	}
	go func() { _ = to.CloseWithError(errors.Join(back.Wait(), io.EOF)) }()
	said := false
	for lines := bufio.NewScanner(log); lines.Scan(); {
		if strings.Contains(lines.Text(), "loop=file") && strings.Contains(lines.Text(), db.ErrDamaged.Error()) {
			said = true
			stop()
		}
	}
	if !said {
		t.Error("it says nothing")
	}
}

// kept wants the gateway to know whether what it writes is in the file.
func (s *serving) kept(want error) {
	s.Helper()
	if _, err := s.self.Kept(s.Context()); !errors.Is(err, want) {
		s.Errorf("the gateway says %v, want %v", err, want)
	}
}

// damaged wants both verbs to see it, and to say what to do.
func (s *serving) damaged() {
	s.Helper()
	for verb, want := range map[string]string{"check": "database   FAILED: " + db.ErrDamaged.Error(), "db verify": db.ErrDamaged.Error()} {
		if said := s.says(verb); !strings.Contains(said, want) || !strings.Contains(said, "Backup and restore") {
			s.Errorf("%s: want %q in\n%s", verb, want, said)
		}
	}
}

// What is damaged may be where nobody looks who only opens the file.
func TestAPageOfSomethingElseIsSeen(t *testing.T) {
	s := serves(t)
	s.others(1000)
	if err := os.Remove(s.copied); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Backup(t.Context(), s.copied); err != nil {
		t.Fatal(err)
	}
	s.leave()
	text, err := os.ReadFile(s.copied)
	if err == nil {
		copy(text[len(text)*3/4/4096*4096:], make([]byte, 4096))
		err = os.WriteFile(s.db.File(), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.damaged()
}

// A gateway has the file, and these books have never heard of it.
func TestBooksThatTheGatewayDoesNotWriteInto(t *testing.T) {
	s := serves(t)
	if err := servedHere(t.Context(), s.db, time.Millisecond); !errors.Is(err, db.ErrDamaged) || !strings.Contains(err.Error(), "Backup and restore") {
		t.Errorf("got %v, want ErrDamaged and what to do", err)
	}
	if err := s.step(); err != nil {
		t.Fatal(err)
	}
	if err := servedHere(t.Context(), s.db, time.Hour); err != nil {
		t.Errorf("it is in the books: %v", err)
	}
	if err := s.self.Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.kept(db.ErrDamaged)
	s.leave()
	c, err := (&program{config: s.config}).load()
	if err != nil {
		t.Fatal(err)
	}
	d, err := openDB(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(servedHere(t.Context(), d, time.Hour), d.Close()); err != nil {
		t.Errorf("nobody serves: %v", err)
	}
}
