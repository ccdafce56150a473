package db_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// raise is a statement that raises a row by one.
func raise(id int) db.Statement {
	return db.Statement{Query: `UPDATE note SET n = n + 1 WHERE id = $1`, Args: []any{id}, Then: db.ChangedOne(errNobody)}
}

var errNobody = errors.New("there is no such row")

func TestStatementsInOneJourney(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		notes(t, d)
		var journeys [][]string
		d.SetWatch(func(queries ...string) { journeys = append(journeys, queries) })
		var all []struct{ ID, N int64 }
		var n int64
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			all = nil
			if err := tx.Later(t.Context(), raise(1)); err != nil {
				return err
			}
			if err := tx.Run(t.Context(), raise(1), db.Statement{Query: `SELECT id, n FROM note ORDER BY id`, Into: &all}, raise(2)); err != nil {
				return err
			}
			if err := tx.GetContext(t.Context(), &n, `SELECT SUM(n) FROM note`); err != nil {
				return err
			}
			return tx.Later(t.Context(), raise(2))
		})
		d.SetWatch(nil)
		if err != nil || len(all) != 2 || all[0].N != 2 || all[1].N != 0 || n != 3 {
			t.Errorf("read %v and then %d (%v)", all, n, err)
		}
		if sum := read[int](t, d, `SELECT SUM(n) FROM note`); sum != 4 {
			t.Errorf("the sum is %d, want 4", sum)
		}
		var sizes []int
		for _, j := range journeys {
			sizes = append(sizes, len(j))
		}
		want := []int{1, 1, 1, 1, 1, 1}
		if d.Dialect == db.Postgres {
			want = []int{4, 1, 1}
		}
		if !slices.Equal(sizes, want) {
			t.Errorf("the journeys are %q", journeys)
		}
	})
}

// What goes wrong undoes all, also what was sent behind it, whatever the caller makes of it.
func TestOneThatFailsUndoesThoseBehindIt(t *testing.T) {
	late := errors.New("late")
	refuse := db.Statement{Query: `UPDATE note SET n = n + 1`, Then: func(int64, error) error { return late }}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		notes(t, d)
		for name, tt := range map[string]struct {
			fn   func(tx *db.Tx) error
			want error
		}{
			"the first of two": {func(tx *db.Tx) error { return tx.Run(t.Context(), raise(9), raise(1)) }, errNobody},
			"the first, and it is ignored": {func(tx *db.Tx) error {
				err := tx.Run(t.Context(), raise(9), raise(1))
				if d.Dialect == db.SQLite { // where the second was not run
					return err
				}
				return nil
			}, errNobody},
			"nothing after it": {func(tx *db.Tx) error {
				if err := tx.Run(t.Context(), raise(9), raise(1)); err == nil {
					t.Error("it did not fail")
				}
				if d.Dialect == db.Postgres {
					if err := tx.Run(t.Context(), raise(1)); !errors.Is(err, errNobody) {
						t.Errorf("another one: %v", err)
					}
				}
				return errNobody
			}, errNobody},
			"the engine's own": {func(tx *db.Tx) error {
				return tx.Run(t.Context(), db.Statement{Query: `INSERT INTO note VALUES ($1, $1)`, Args: []any{1}, Then: func(_ int64, err error) error {
					if !db.IsUnique(err) {
						t.Errorf("a key twice is %v", err)
					}
					return late
				}}, raise(1))
			}, late},
			"one for later, before the COMMIT": {func(tx *db.Tx) error { return tx.Later(t.Context(), refuse) }, late},
			"one for later, before another": {func(tx *db.Tx) error {
				if err := tx.Later(t.Context(), refuse); err != nil {
					return err
				}
				if err := tx.Run(t.Context(), raise(1)); err != nil {
					return errors.New("told otherwise")
				}
				return nil
			}, late},
			"one for later, before a row": {func(tx *db.Tx) error {
				if err := tx.Later(t.Context(), refuse); err != nil {
					return err
				}
				var n int
				return tx.QueryRowxContext(t.Context(), `SELECT n FROM note WHERE id = 1`).Scan(&n)
			}, late},
			"no row": {func(tx *db.Tx) error {
				var n int
				return tx.Run(t.Context(), db.Statement{Query: `SELECT n FROM note WHERE id = $1`, Args: []any{9}, Into: &n}, raise(1))
			}, sql.ErrNoRows},
		} {
			t.Run(name, func(t *testing.T) {
				if err := d.Tx(t.Context(), tt.fn); !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
				if sum := read[int](t, d, `SELECT SUM(n) FROM note`); sum != 0 {
					t.Errorf("the sum is %d", sum)
				}
			})
		}
	})
}

// One that fails alone leaves the transaction as it is, if its Then says that it is well.
func TestTheLastMayFail(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		notes(t, d)
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if err := tx.Run(t.Context(), raise(1), raise(9)); !errors.Is(err, errNobody) {
				return err
			}
			return tx.Run(t.Context(), raise(2))
		})
		if sum := read[int](t, d, `SELECT SUM(n) FROM note`); err != nil || sum != 2 {
			t.Errorf("the sum is %d (%v), want 2", sum, err)
		}
	})
}

// A transaction that PostgreSQL has given up is not taken for one that happened.
func TestAFailureThatIsIgnoredCommitsNothing(t *testing.T) {
	d := dbtest.Postgres(t)
	notes(t, d)
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		if err := tx.Run(t.Context(), raise(1)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(t.Context(), `INSERT INTO note VALUES ($1, 1)`, 1); !db.IsUnique(err) {
			t.Errorf("got %v", err)
		}
		return nil
	})
	if sum := read[int](t, d, `SELECT SUM(n) FROM note`); err == nil || errors.Is(err, db.ErrUnknown) || sum != 0 {
		t.Errorf("the sum is %d, and the error %v", sum, err)
	}
}

// What is locked and what is read under the lock may go in one journey: the second sees
// what was committed while the first waited.
func TestAJourneyReadsUnderItsOwnLock(t *testing.T) {
	all := dbtest.Several(t, db.Postgres, 2)
	notes(t, all[0])
	var n int
	done := make(chan error, 1)
	err := all[0].Tx(t.Context(), func(tx *db.Tx) error {
		if err := tx.Run(t.Context(), raise(1)); err != nil {
			return err
		}
		go func() {
			done <- all[1].Tx(t.Context(), func(tx *db.Tx) error {
				return tx.Run(t.Context(),
					db.Statement{Query: `SELECT id FROM note WHERE id = 1 FOR NO KEY UPDATE`},
					db.Statement{Query: `SELECT n FROM note WHERE id = 2`, Into: &n})
			})
		}()
		if err := dbtest.Waits(t.Context(), all[0], 1); err != nil {
			return err
		}
		return tx.Run(t.Context(), raise(2))
	})
	if other := <-done; err != nil || other != nil || n != 1 {
		t.Errorf("it reads %d, want 1 (%v, %v)", n, err, other)
	}
}

// The context of a transaction ends its statements, whatever context they were given.
func TestATransactionEndsWithItsContext(t *testing.T) {
	all := dbtest.Several(t, db.Postgres, 2)
	notes(t, all[0])
	for name, ask := range map[string]func(tx *db.Tx, ctx context.Context) error{
		"a statement": func(tx *db.Tx, ctx context.Context) error { return tx.Run(ctx, raise(1)) },
		"one that is not prepared": func(tx *db.Tx, ctx context.Context) error {
			_, err := tx.ExecContext(ctx, `UPDATE note SET n = n + 1`)
			return err
		},
		"a query": func(tx *db.Tx, ctx context.Context) error {
			var n int
			return tx.QueryRowxContext(ctx, `UPDATE note SET n = n + 1 WHERE id = 1 RETURNING n`).Scan(&n)
		},
	} {
		for whose, given := range map[string]context.Context{"none": context.Background(), "another": t.Context()} {
			err := all[0].Tx(t.Context(), func(tx *db.Tx) error {
				if err := tx.Run(t.Context(), raise(1)); err != nil {
					return err
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				gone := make(chan error, 1)
				go func() { gone <- all[1].Tx(ctx, func(tx *db.Tx) error { return ask(tx, given) }) }()
				if err := dbtest.Waits(t.Context(), all[0], 1); err != nil {
					return err
				}
				cancel()
				if err := <-gone; !errors.Is(err, context.Canceled) {
					t.Errorf("%s, with %s of its own: %v", name, whose, err)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
}
