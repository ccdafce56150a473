package db_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// queue is callers of one database, of whom the first is at work until it is let go,
// so that all others share its transaction.
type queue struct {
	t      *testing.T
	d      *db.DB
	letGo  chan struct{}
	errs   []chan error
	firsts sync.Once
}

// shared starts a queue. Its first caller writes line 1.
func shared(t *testing.T, d *db.DB) *queue {
	q := &queue{t: t, d: d, letGo: make(chan struct{})}
	in := make(chan struct{})
	q.call(t.Context(), func(tx *db.Tx) error {
		q.firsts.Do(func() { close(in) })
		<-q.letGo
		return line(t.Context(), tx, 1)
	})
	<-in
	return q
}

// call adds a caller, after those before it.
func (q *queue) call(ctx context.Context, fn func(tx *db.Tx) error) {
	got := make(chan error, 1)
	q.errs = append(q.errs, got)
	before := q.d.Waiting()
	go func() {
		defer func() {
			if p := recover(); p != nil {
				got <- fmt.Errorf("panic: %v", p)
			}
		}()
		got <- q.d.Tx(ctx, fn)
	}()
	for len(q.errs) > 1 && q.d.Waiting() == before {
		time.Sleep(time.Millisecond)
	}
}

// end lets the first go on and returns what each heard.
func (q *queue) end() (errs []error) {
	close(q.letGo)
	for _, got := range q.errs {
		errs = append(errs, <-got)
	}
	return errs
}

// line writes a row.
func line(ctx context.Context, tx *db.Tx, n int) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO line VALUES ($1)`, n)
	return err
}

// lines are the rows that are committed.
func lines(t *testing.T, d *db.DB) (all []int) {
	t.Helper()
	if err := sqlx.SelectContext(t.Context(), d.Read(), &all, `SELECT n FROM line ORDER BY n`); err != nil {
		t.Fatal(err)
	}
	return all
}

func lined(t *testing.T) *db.DB {
	d := dbtest.SQLite(t)
	d.ShareFor(time.Hour) // however slow the machine is
	write(t, d, `CREATE TABLE person (id BIGINT PRIMARY KEY)`)
	write(t, d, `CREATE TABLE line (n BIGINT PRIMARY KEY)`)
	write(t, d, `CREATE TABLE late (person BIGINT REFERENCES person DEFERRABLE INITIALLY DEFERRED)`)
	write(t, d, `CREATE TRIGGER all_undone BEFORE INSERT ON line WHEN NEW.n = 666 BEGIN SELECT RAISE(ROLLBACK, 'all'); END`)
	return d
}

func want(t *testing.T, d *db.DB, want ...int) {
	t.Helper()
	if got := lines(t, d); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("committed are %v, want %v", got, want)
	}
}
