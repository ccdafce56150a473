package db_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// notes makes a table to write into.
func notes(t *testing.T, d *db.DB) {
	t.Helper()
	write(t, d, `CREATE TABLE note (id BIGINT PRIMARY KEY, n BIGINT NOT NULL, CONSTRAINT small CHECK (n < 100))`)
	write(t, d, `INSERT INTO note VALUES (1, 0), (2, 0)`)
}

// lostRaces are errors of the engine itself that say: run it again.
func lostRaces(t *testing.T, dialect db.Dialect) map[string]error {
	t.Helper()
	if dialect == db.Postgres {
		d := dbtest.Postgres(t)
		raise := func(condition string) error {
			q := `DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '` + condition + `'; END $$`
			return once(t, d, q)
		}
		return map[string]error{"a serialisation failure": raise("serialization_failure"), "a deadlock": raise("deadlock_detected")}
	}
	all := dbtest.Several(t, db.SQLite, 2)
	write(t, all[1], `PRAGMA busy_timeout = 0`)
	var busy error
	if err := all[0].Tx(t.Context(), func(*db.Tx) error {
		busy = all[1].Tx(t.Context(), func(*db.Tx) error { return nil })
		return nil
	}); err != nil || busy == nil {
		t.Fatalf("two writers at once: %v, %v", err, busy)
	}
	return map[string]error{"busy": busy}
}

// once runs a statement and gives the error to the caller only: Tx sees none.
func once(t *testing.T, d *db.DB, query string, args ...any) (got error) {
	t.Helper()
	undo := errors.New("undo")
	if err := d.Tx(t.Context(), func(tx *db.Tx) error {
		_, got = tx.ExecContext(t.Context(), query, args...)
		return undo
	}); !errors.Is(err, undo) {
		t.Fatal(err)
	}
	if got == nil {
		t.Fatalf("%s: no error", query)
	}
	return got
}

func TestALostRaceIsRunAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		notes(t, d)
		for name, lost := range lostRaces(t, d.Dialect) {
			t.Run(name, func(t *testing.T) {
				before, runs := read[int](t, d, `SELECT n FROM note WHERE id = 1`), 0
				if err := d.Tx(t.Context(), func(tx *db.Tx) error {
					runs++
					if _, err := tx.ExecContext(t.Context(), `UPDATE note SET n = n + 1 WHERE id = 1`); err != nil {
						return err
					}
					if runs < 3 {
						return fmt.Errorf("wrapped: %w", lost)
					}
					return nil
				}); err != nil || runs != 3 {
					t.Errorf("%d runs (%v), want 3", runs, err)
				}
				if got := read[int](t, d, `SELECT n FROM note WHERE id = 1`); got != before+1 {
					t.Errorf("three runs had %d effects", got-before)
				}
				runs = 0
				if err := d.Tx(t.Context(), func(*db.Tx) error { runs++; return lost }); !errors.Is(err, lost) || runs != 8 {
					t.Errorf("who always loses ran %d times (%v), want 8", runs, err)
				}
			})
		}
	})
}

func TestAnyOtherErrorIsNotRunAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		notes(t, d)
		for name, err := range map[string]error{
			"a unique key":    once(t, d, `INSERT INTO note VALUES (1, 1)`),
			"a check":         once(t, d, `INSERT INTO note VALUES (3, 100)`),
			"a missing table": once(t, d, `INSERT INTO nowhere VALUES (1)`),
			"a lost commit":   fmt.Errorf("%w: gone", db.ErrUnknown),
			"a bad argument":  errors.New("deadlock detected"), // words decide nothing
		} {
			t.Run(name, func(t *testing.T) {
				runs := 0
				if got := d.Tx(t.Context(), func(*db.Tx) error { runs++; return err }); !errors.Is(got, err) || runs != 1 {
					t.Errorf("ran %d times (%v)", runs, got)
				}
			})
		}
	})
}

func TestOrdersThatCrossEndBothOnPostgres(t *testing.T) {
	d := dbtest.Postgres(t)
	notes(t, d)
	var met sync.WaitGroup // both hold their first row: now the deadlock is sure
	met.Add(2)
	var done sync.WaitGroup
	var mu sync.Mutex
	runs := 0
	for _, rows := range [][2]int{{1, 2}, {2, 1}} {
		done.Go(func() {
			first := true
			if err := d.Tx(t.Context(), func(tx *db.Tx) error {
				mu.Lock()
				runs++
				mu.Unlock()
				if _, err := tx.ExecContext(t.Context(), `UPDATE note SET n = n + 1 WHERE id = $1`, rows[0]); err != nil {
					return err
				}
				if first {
					first = false
					met.Done()
					met.Wait()
				}
				_, err := tx.ExecContext(t.Context(), `UPDATE note SET n = n + 1 WHERE id = $1`, rows[1])
				return err
			}); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	if got := read[int](t, d, `SELECT SUM(n) FROM note`); got != 4 || runs < 3 {
		t.Errorf("%d changes in %d runs, want 4 in more than 2", got, runs)
	}
}

func TestAnErrorUndoesEverything(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		notes(t, d)
		given := errors.New("no")
		if err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.ExecContext(t.Context(), `UPDATE note SET n = 7`); err != nil {
				return err
			}
			return given
		}); !errors.Is(err, given) {
			t.Errorf("got %v", err)
		}
		untouched(t, d)
	})
}

func TestAPanicUndoesEverything(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		notes(t, d)
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = d.Tx(t.Context(), func(tx *db.Tx) error {
				if _, err := tx.ExecContext(t.Context(), `UPDATE note SET n = 7`); err != nil {
					t.Error(err)
				}
				panic("no")
			})
		}()
		untouched(t, d)
	})
}

func TestACallerWhoGoesAwayUndoesEverything(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		notes(t, d)
		ctx, cancel := context.WithCancel(t.Context())
		err := d.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE note SET n = 7`)
			cancel()
			return err
		})
		if !errors.Is(err, context.Canceled) || errors.Is(err, db.ErrUnknown) { // the COMMIT was never sent
			t.Errorf("got %v", err)
		}
		untouched(t, d)
	})
}

// untouched checks that nothing was written and that the next writer can.
func untouched(t *testing.T, d *db.DB) {
	t.Helper()
	if got := read[int](t, d, `SELECT SUM(n) FROM note`); got != 0 {
		t.Errorf("the sum is %d, want 0", got)
	}
	write(t, d, `UPDATE note SET n = 1`)
}

func TestACommitThatFailsLeavesTheNextOneAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, `CREATE TABLE parent (id BIGINT PRIMARY KEY)`)
		write(t, d, `CREATE TABLE child (id BIGINT PRIMARY KEY REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)`)
		if err := try(t.Context(), d, `INSERT INTO child VALUES (1)`); err == nil {
			t.Error("a child without a parent was committed")
		}
		write(t, d, `INSERT INTO parent VALUES (2)`)
		if got := read[int](t, d, `SELECT COUNT(*) FROM child`); got != 0 {
			t.Errorf("%d children without a parent", got)
		}
		if got := read[int](t, d, `SELECT COUNT(*) FROM parent`); got != 1 {
			t.Errorf("%d parents, want 1", got)
		}
	})
}

func TestOneMeansOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		notes(t, d)
		for name, tt := range map[string]struct {
			query string
			ok    bool
			fails bool
		}{
			"one row":  {`UPDATE note SET n = 5 WHERE id = 1`, true, false},
			"no row":   {`UPDATE note SET n = 5 WHERE id = 9`, false, false},
			"two rows": {`UPDATE note SET n = 6`, false, true},
		} {
			t.Run(name, func(t *testing.T) {
				var ok bool
				err := d.Tx(t.Context(), func(tx *db.Tx) (err error) {
					ok, err = tx.One(t.Context(), tt.query)
					return err
				})
				if ok != tt.ok || (err != nil) != tt.fails {
					t.Errorf("got %v (%v)", ok, err)
				}
			})
		}
		if got := read[int](t, d, `SELECT COUNT(*) FROM note WHERE n = 6`); got != 0 {
			t.Error("what changed two rows was kept")
		}
	})
}

func TestNothingWritesOutsideATransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		notes(t, d)
		for _, v := range []any{d, d.Read()} {
			if _, ok := v.(sqlx.ExecerContext); ok {
				t.Errorf("%T has ExecContext", v)
			}
			if _, ok := v.(sqlx.Execer); ok {
				t.Errorf("%T has Exec", v)
			}
		}
		door := reflect.TypeOf(d)
		for i := range door.NumMethod() {
			m := door.Method(i)
			for out := range m.Type.Outs() {
				if strings.HasPrefix(out.String(), "*sql") {
					t.Errorf("%s hands out a %s", m.Name, out)
				}
			}
		}
		// A lost query is repeated by the driver like a lost Exec, so Read refuses to write.
		for _, q := range []string{
			`UPDATE note SET n = n + 1 RETURNING n`, `INSERT INTO note VALUES (7, 7) RETURNING n`, `DELETE FROM note RETURNING n`,
		} {
			var n []int
			if err := sqlx.SelectContext(t.Context(), d.Read(), &n, q); err == nil {
				t.Errorf("Read ran %s", q)
			}
		}
		untouched(t, d)
	})
}
