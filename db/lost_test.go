package db_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/internal/sandbox/cut"
)

// through opens a fresh database through a proxy that loses answers.
func through(t *testing.T) (*cut.Proxy, db.Config) {
	t.Helper()
	c := dbtest.Empty(t, db.Postgres)
	p, dsn, err := cut.StartFor(c.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	notes(t, dbtest.Open(t, c))
	c.DSN = dsn
	return p, c
}

// A driver may take a lost answer for a connection that was bad from the start, and ask
// again, which is why every write is in a transaction. Ours does not.
func TestAPlainExecWhoseAnswerIsLostIsNotRunTwice(t *testing.T) {
	p, c := through(t)
	plain, err := sql.Open("pgx", c.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	p.Lose(cut.Loss{Nth: 1, Query: "UPDATE"})
	if _, err := plain.ExecContext(t.Context(), `UPDATE note SET n = n + 1 WHERE id = 1`); err == nil || !p.Lost() {
		t.Errorf("the answer is lost: %v; got %v", p.Lost(), err)
	}
	var n int
	if err := plain.QueryRowContext(t.Context(), `SELECT n FROM note WHERE id = 1`).Scan(&n); err != nil || n != 1 {
		t.Errorf("n is %d (%v), want 1", n, err)
	}
}

// pay is a transaction of two statements about the row id.
func pay(t *testing.T, d *db.DB, id int) error {
	return d.Tx(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.ExecContext(t.Context(), `INSERT INTO note VALUES ($1, 1)`, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(t.Context(), `UPDATE note SET n = n + 1 WHERE id = $1`, id)
		return err
	})
}

// Every answer of a transaction is lost once, in each way there is; of a handle
// that met these statements before, and of a new one.
func TestALostAnswerHasOneEffectOrNone(t *testing.T) {
	p, c := through(t)
	id := 10
	next := func() int { id++; return id }
	open := func(t *testing.T, warm bool) *db.DB {
		d := dbtest.Open(t, c)
		if warm {
			for range 2 { // the first prepares, the second uses
				if err := pay(t, d, next()); err != nil {
					t.Fatal(err)
				}
			}
		}
		return d
	}
	for _, warm := range []bool{false, true} {
		d := open(t, warm)
		p.Lose(cut.Loss{})
		if err := pay(t, d, next()); err != nil {
			t.Fatal(err)
		}
		all := slices.DeleteFunc(p.Seen(), func(said string) bool { return said == "-- ping" }) // of a connection that nobody used for a while
		end := slices.Index(all, "COMMIT")
		if end < 2 || !strings.HasPrefix(all[0], "PREPARE BEGIN; PREPARE INSERT") && !strings.HasPrefix(all[0], "BEGIN; INSERT") || warm && end != 2 {
			t.Fatalf("a transaction is %q", all)
		}
		for k := range all {
			for _, loss := range []cut.Loss{{}, {Reset: true}, {Unseen: true}, {Unseen: true, Reset: true}} {
				loss.Nth, loss.Query = 1, all[k]
				t.Run(fmt.Sprintf("warm %v, %s, %s", warm, all[k], loss), func(t *testing.T) {
					d := open(t, warm)
					p.Lose(loss)
					id := next()
					err := pay(t, d, id)
					if !p.Lost() {
						t.Fatalf("nothing was lost: %q", p.Seen())
					}
					p.Lose(cut.Loss{})
					there := read[int](t, d, `SELECT COUNT(*) FROM note WHERE id = $1 AND n = 2`, id)
					some := read[int](t, d, `SELECT COUNT(*) FROM note WHERE id = $1`, id)
					switch {
					case some != there:
						t.Errorf("half of it is there (%v)", err)
					case k == end && !errors.Is(err, db.ErrUnknown):
						t.Errorf("a lost commit is %v", err)
					case k == end && there == 0 != loss.Unseen:
						t.Errorf("a lost commit left %d", there)
					case k < end && (err == nil || there != 0):
						t.Errorf("before the commit: %d is there (%v)", there, err)
					case k > end && (err != nil || there != 1):
						t.Errorf("after the commit: %d is there (%v)", there, err)
					case k != end && errors.Is(err, db.ErrUnknown):
						t.Errorf("%v, but nobody asked for the commit", err)
					}
					if err := pay(t, d, next()); err != nil {
						t.Errorf("the next transaction: %v", err)
					}
				})
			}
		}
	}
}
