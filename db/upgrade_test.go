package db_test

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// each runs a test on an empty database of each engine.
func each(t *testing.T, test func(t *testing.T, c db.Config)) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) { test(t, dbtest.Empty(t, dialect)) })
	}
}

// upgrade returns the numbers of the steps that ran.
func upgrade(t *testing.T, d *db.DB, dry bool) []int {
	t.Helper()
	var ran []int
	if err := d.Upgrade(t.Context(), dry, func(s db.Step) { ran = append(ran, s.Version) }); err != nil {
		t.Fatal(err)
	}
	return ran
}

// write runs one statement in a transaction of its own.
func write(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	if err := try(t.Context(), d, query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func try(ctx context.Context, d *db.DB, query string, args ...any) error {
	return d.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// read is the one value that a query gives.
func read[T any](t *testing.T, d *db.DB, query string, args ...any) T {
	t.Helper()
	var v T
	if err := sqlx.GetContext(t.Context(), d.Read(), &v, query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

func TestAnEmptyDatabaseIsUpgradedOnce(t *testing.T) {
	each(t, func(t *testing.T, c db.Config) {
		d := dbtest.Open(t, c)
		if err := d.Current(t.Context()); !errors.Is(err, db.ErrOutdated) {
			t.Errorf("an empty database is %v, want ErrOutdated", err)
		}
		all, err := db.Steps(d.Dialect)
		if err != nil || len(all) == 0 {
			t.Fatalf("%d steps (%v)", len(all), err)
		}
		if ran := upgrade(t, d, false); len(ran) != len(all) || !slices.IsSorted(ran) {
			t.Errorf("ran %v of %d steps", ran, len(all))
		}
		if ran := upgrade(t, d, false); len(ran) != 0 {
			t.Errorf("the second upgrade ran %v", ran)
		}
		if err := d.Current(t.Context()); err != nil {
			t.Error(err)
		}
		if s, err := d.Status(t.Context()); err != nil || s.Have != len(all) || s.Want != len(all) || len(s.Pending) != 0 {
			t.Errorf("the status is %+v (%v)", s, err)
		}
	})
}

func TestADryRunKeepsNothing(t *testing.T) {
	each(t, func(t *testing.T, c db.Config) {
		d := dbtest.Open(t, c)
		all, err := db.Steps(d.Dialect)
		if err != nil {
			t.Fatal(err)
		}
		if ran := upgrade(t, d, true); len(ran) != len(all) {
			t.Errorf("rehearsed %v of %d steps", ran, len(all))
		}
		if tables := columns(t, d); len(tables) != 0 {
			t.Errorf("the dry run left %v", tables)
		}
		if ran := upgrade(t, d, false); len(ran) != len(all) {
			t.Errorf("the upgrade after the dry run ran %v of %d steps", ran, len(all))
		}
	})
}

func TestManyHandlesUpgradeAtOnceAndOneDoesTheWork(t *testing.T) {
	each(t, func(t *testing.T, c db.Config) {
		var (
			start sync.WaitGroup
			done  sync.WaitGroup
			mu    sync.Mutex
			ran   []int
		)
		start.Add(1)
		for range 4 {
			d := dbtest.Open(t, c)
			done.Go(func() {
				start.Wait()
				if err := d.Upgrade(t.Context(), false, func(s db.Step) {
					mu.Lock()
					defer mu.Unlock()
					ran = append(ran, s.Version)
				}); err != nil {
					t.Error(err)
				}
			})
		}
		start.Done()
		done.Wait()
		all, err := db.Steps(dbtest.Open(t, c).Dialect)
		if err != nil || len(ran) != len(all) || !slices.IsSorted(ran) {
			t.Errorf("ran %v of %d steps (%v)", ran, len(all), err)
		}
	})
}

// The child of TestTwoProcessesUpgradeAtOnce.
func TestChildUpgrades(t *testing.T) {
	c := db.Config{Driver: os.Getenv("DB_TEST_DRIVER"), File: os.Getenv("DB_TEST_FILE"), DSN: os.Getenv("DB_TEST_DSN")}
	if c.Driver == "" {
		t.Skip("runs as a child only")
	}
	if _, err := io.ReadAll(os.Stdin); err != nil { // until the parent says go
		t.Fatal(err)
	}
	for range upgrade(t, dbtest.Open(t, c), false) {
		t.Log("ran-a-step")
	}
}

func TestTwoProcessesUpgradeAtOnce(t *testing.T) {
	each(t, func(t *testing.T, c db.Config) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		var children [2]*exec.Cmd
		var said [2]strings.Builder
		for i := range children {
			p := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildUpgrades$", "-test.v")
			p.Env = append(os.Environ(), "DB_TEST_DRIVER="+c.Driver, "DB_TEST_FILE="+c.File, "DB_TEST_DSN="+c.DSN)
			p.Stdin, p.Stdout, p.Stderr = r, &said[i], &said[i]
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			children[i] = p
		}
		if err := errors.Join(w.Close(), r.Close()); err != nil { // go
			t.Fatal(err)
		}
		ran := 0
		for i, p := range children {
			if err := p.Wait(); err != nil {
				t.Errorf("%v\n%s", err, said[i].String())
			}
			ran += strings.Count(said[i].String(), "ran-a-step")
		}
		d := dbtest.Open(t, c)
		all, err := db.Steps(d.Dialect)
		if err != nil || ran != len(all) {
			t.Errorf("%d of %d steps ran (%v)", ran, len(all), err)
		}
		if err := d.Current(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestANewerSchemaIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		all, err := db.Steps(d.Dialect)
		if err != nil {
			t.Fatal(err)
		}
		write(t, d, `INSERT INTO schema_step (version, name, checksum, at) VALUES ($1, 'of_tomorrow', 'x', 0)`, len(all)+1)
		refused(t, d, db.ErrNewer)
	})
}

func TestAChangedMigrationIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, `UPDATE schema_step SET checksum = 'x' WHERE version = 2`)
		refused(t, d, db.ErrChanged)
	})
}

func TestAMigrationThatIsMissingIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, `DELETE FROM schema_step WHERE version = 2`)
		refused(t, d, db.ErrChanged)
	})
}

// refused checks that neither a gateway nor an upgrade accepts the schema.
func refused(t *testing.T, d *db.DB, want error) {
	t.Helper()
	if err := d.Current(t.Context()); !errors.Is(err, want) {
		t.Errorf("current says %v, want %v", err, want)
	}
	for _, dry := range []bool{true, false} {
		if err := d.Upgrade(t.Context(), dry, func(s db.Step) { t.Errorf("step %d ran", s.Version) }); !errors.Is(err, want) {
			t.Errorf("upgrade (dry %v) says %v, want %v", dry, err, want)
		}
	}
}

func TestAStepThatFailsLeavesTheOnesBefore(t *testing.T) {
	each(t, func(t *testing.T, c db.Config) {
		d := dbtest.Open(t, c)
		d.Migrate(migrations(d.Dialect, map[string]string{
			"0001_good.sql": `CREATE TABLE good (id BIGINT PRIMARY KEY); INSERT INTO good VALUES (7);`,
			"0002_bad.sql":  `CREATE TABLE half (id BIGINT PRIMARY KEY); INSERT INTO nowhere VALUES (1);`,
			"0003_far.sql":  `CREATE TABLE far (id BIGINT PRIMARY KEY);`,
		}))
		if err := d.Upgrade(t.Context(), false, func(db.Step) {}); err == nil || !strings.Contains(err.Error(), "0002_bad") {
			t.Errorf("the upgrade says %v and must name 0002_bad", err)
		}
		if s, err := d.Status(t.Context()); err != nil || s.Have != 1 || len(s.Pending) != 2 {
			t.Errorf("the status is %+v (%v)", s, err)
		}
		tables := columns(t, d)
		if _, half := tables["half"]; half || read[int](t, d, `SELECT id FROM good`) != 7 {
			t.Errorf("the tables are %v", tables)
		}
	})
}

func migrations(dialect db.Dialect, text map[string]string) fstest.MapFS {
	all := fstest.MapFS{}
	for name, sql := range text {
		all["migrations/"+dialect.String()+"/"+name] = &fstest.MapFile{Data: []byte(sql)}
	}
	return all
}

func TestAFileThatIsNoMigrationIsAnError(t *testing.T) {
	for name, files := range map[string][]string{
		"a note":               {"0001_a.sql", "README.md"},
		"a disabled step":      {"0001_a.sql", "0002_b.sql.off"},
		"a number left out":    {"0001_a.sql", "0003_c.sql"},
		"a number twice":       {"0001_a.sql", "0001_b.sql"},
		"a start other than 1": {"0002_a.sql"},
		"a short number":       {"1_a.sql"},
		"capital letters":      {"0001_A.sql"},
		"a folder":             {"0001_a.sql/x"},
	} {
		t.Run(name, func(t *testing.T) {
			text := map[string]string{}
			for _, f := range files {
				text[f] = "SELECT 1"
			}
			if all, err := db.StepsIn(migrations(db.SQLite, text), "migrations/sqlite"); err == nil {
				t.Errorf("taken as %+v", all)
			}
		})
	}
}

func TestBothEnginesHaveTheSameSteps(t *testing.T) {
	a, err := db.Steps(db.SQLite)
	if err != nil {
		t.Fatal(err)
	}
	b, err := db.Steps(db.Postgres)
	if err != nil {
		t.Fatal(err)
	}
	same := slices.EqualFunc(a, b, func(a, b db.Step) bool { return a.Version == b.Version && a.Name == b.Name })
	if !same {
		t.Errorf("sqlite %v, postgres %v", a, b)
	}
}
