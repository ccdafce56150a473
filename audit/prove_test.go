package audit_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// reads is a look at the books.
func (w *town) reads(of audit.Scope) audit.Report {
	w.t.Helper()
	r, err := audit.Ledger(w.t.Context(), w.d, of)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// keeps writes down what a look saw, as a gateway does.
func (w *town) keeps(r audit.Report) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *db.Tx) error { _, err := r.Keep(ctx, tx); return err })
	if err := r.Proved(w.t.Context(), w.d); err != nil {
		w.t.Fatal(err)
	}
}

// strays books what no order asked for, in a transaction of the caller's.
func (w *town) strays(ctx context.Context, tx *db.Tx, ref string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT $1, 'hold', money, held, 1, 7 FROM user_account WHERE jid = 'ann@example.org'`, ref)
	return err
}

var stray = []string{"what is held", "every transfer belongs"}

// A transaction takes its numbers, and commits after others whose numbers are lower and higher
// and that a look saw: before what was seen is taken away, or after. Whoever looks next sees
// what it did.
func TestWhatCommitsLateIsLookedAt(t *testing.T) {
	for name, later := range map[string]bool{"before the names are taken away": false, "after it": true} {
		t.Run(name, func(t *testing.T) {
			d := dbtest.Postgres(t) // SQLite has one writer: the lower number commits first
			w := build(t, d)
			w.takesAway()
			w.coin(3, 1_000)
			var r audit.Report
			w.tx(func(ctx context.Context, tx *db.Tx) error {
				if err := w.strays(ctx, tx, "order:998"); err != nil {
					return err
				}
				w.coin(3, 1_000_000) // which another transaction books, and commits
				if r = w.reads(audit.Lately); len(r.Findings) > 0 {
					t.Errorf("found %v before it was committed", r.Findings)
				}
				if later {
					w.keeps(r)
				}
				return nil
			})
			w.keeps(r)
			finds(t, d.Read(), fresh(d.Dialect), stray)
		})
	}
}

// The same, when it commits between the look and when what was seen is taken away; also if
// another look has taken the highest numbers away meanwhile.
func TestWhatIsBookedAfterALookIsNotTakenAwayByIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		first, second := w.reads(audit.Everything), w.reads(audit.Everything)
		w.keeps(second)
		if names := w.names(); len(names) > 0 {
			t.Errorf("names were left: %q", names)
		}
		w.tx(func(ctx context.Context, tx *db.Tx) error { return w.strays(ctx, tx, "order:998") })
		w.keeps(first)
		finds(t, d.Read(), fresh(d.Dialect), stray)
	})
}

func TestALookThatFoundSomethingTakesNothingAway(t *testing.T) {
	for _, of := range []audit.Scope{audit.Lately, audit.Everything} {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			w := build(t, d)
			w.takesAway()
			w.tx(func(ctx context.Context, tx *db.Tx) error { return w.strays(ctx, tx, "order:998") })
			w.coin(3, 1_000)
			before := w.names()
			for range 2 {
				w.keeps(w.reads(of))
				if after := w.names(); !slices.Equal(before, after) || len(after) < 2 {
					t.Errorf("%q became %q", before, after)
				}
			}
		})
	}
}

// Several look at once, and each takes away what it saw: each transfer is in what was proved
// once.
func TestManyTakeTheSameNamesAwayOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		var all sync.WaitGroup
		reports := make([]audit.Report, 3)
		for i := range reports {
			reports[i] = w.reads(audit.Everything)
		}
		w.tx(func(ctx context.Context, tx *db.Tx) error { // until all of them wait
			var there []int64
			if err := tx.SelectContext(ctx, &there, `SELECT n FROM unaudited`+tx.Locked("unaudited")); err != nil {
				return err
			}
			for _, r := range reports {
				all.Go(func() {
					if err := r.Proved(context.Background(), d); err != nil {
						t.Error(err)
					}
				})
			}
			return dbtest.Waits(ctx, d, len(reports))
		})
		all.Wait()
		if names := w.names(); len(names) > 0 {
			t.Errorf("names were left: %q", names)
		}
		finds(t, d.Read(), audit.Books, nil)
		w.order("paid later", "", w.confirm)
		finds(t, d.Read(), fresh(d.Dialect), nil)
	})
}

// whole reports whether a look reads all the books.
func (w *town) whole(of audit.Scope) bool {
	w.t.Helper()
	return slices.Contains(w.reads(of).Checked, "all accounts together are zero")
}

// All the books are read until they were found right once, then once a day, while they are
// not right, and when somebody asks.
func TestWhenAllTheBooksAreRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		at := func(seconds int64) { d.SetClock(func() time.Time { return time.Unix(now+seconds, 0) }) }
		reads := func(when string, of audit.Scope, want bool) {
			t.Helper()
			if got := w.whole(of); got != want {
				t.Errorf("%s: all the books are read: %v", when, got)
			}
		}
		reads("never yet", audit.Lately, true)
		w.keeps(w.reads(audit.Lately))
		reads("they were right", audit.Lately, false)
		reads("a gateway begins", audit.AllBooks, true)
		reads("somebody asks", audit.Everything, true)
		at(24*60*60 - 1)
		w.keeps(w.reads(audit.Lately))
		reads("what is new was right", audit.Lately, false)
		at(24 * 60 * 60)
		reads("a day later", audit.Lately, true)
		at(-1)
		reads("the clock was set back", audit.Lately, true)
		at(0)
		w.tx(func(ctx context.Context, tx *db.Tx) error { return w.strays(ctx, tx, "order:998") })
		w.keeps(w.reads(audit.Lately))
		reads("they are wrong", audit.Lately, true)
	})
}

// What was found in all the books, and is not new, is not over because a look at what is new
// does not find it.
func TestWhatIsNewSaysNothingOfWhatWasWrongBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		w.keeps(w.reads(audit.Everything))
		fresh, err := audit.LedgerBut(t.Context(), d, now, func() {
			w.tx(func(ctx context.Context, tx *db.Tx) error {
				_, err := freeze.Payments(ctx, tx, freeze.Cause{Ref: "every transfer belongs to an order, a coin or an invoice", Reason: freeze.Books, What: "a test"})
				return err
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		w.keeps(fresh)
		if wrong, err := freeze.BooksWrong(t.Context(), d.Read()); err != nil || !wrong {
			t.Errorf("it is over (%v)", err)
		}
		w.keeps(w.reads(audit.Lately)) // which reads all of them for it
		if wrong, err := freeze.BooksWrong(t.Context(), d.Read()); err != nil || wrong {
			t.Errorf("it is not over (%v)", err)
		}
	})
}

// Whatever is done to money has a name by then, and what moves none has not.
func TestWhatChangesHasAName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		step := func(what string, do func(), want ...string) {
			t.Helper()
			w.takesAway()
			do()
			if got := w.names(); !slices.Equal(got, want) {
				t.Errorf("%s: %q have a name, want %q", what, got, want)
			}
		}
		sql := func(q string) func() {
			return func() {
				w.tx(func(ctx context.Context, tx *db.Tx) error { _, err := tx.ExecContext(ctx, q); return err })
			}
		}
		ref := func(name string) string { return w.orders[name].Ref() }
		step("a draft", func() { w.order("draft", "") })
		step("it is cancelled", sql(`UPDATE payment_order SET state = 'cancelled' WHERE id = (SELECT MAX(id) FROM payment_order)`))
		step("an order of tries", sql(`UPDATE payment_order SET tries = tries + 1`))
		w.order("next", "bcrt1qout")
		step("it is held", func() {
			o := w.orders["next"]
			w.tx(func(ctx context.Context, tx *db.Tx) error { return w.confirm(ctx, tx, o) })
		}, ref("next"))
		step("its fee is known", sql(`UPDATE payment_order SET fee = 1 WHERE state = 'held' AND id = (SELECT MAX(id) FROM payment_order)`), ref("next"))
		step("an invoice that nobody paid", sql(`INSERT INTO invoice (hash, user_id, preimage, text, amount, created, expires) SELECT 'ff', id, '', 'lnff', 5, 1, 2 FROM user_account WHERE jid = 'ann@example.org'`))
		step("a coin", func() { w.coin(0, 3_000) }, fmt.Sprintf("coin:%064x:1", w.coins+1))
		step("its confirmations", sql(`UPDATE coin SET state = state, confirmations = 1`))
	})
}

// What was proved of balances can be made anew from the transfers, whatever it was.
func TestWhatWasProvedIsMadeAnew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		w.takesAway()
		w.order("paid later", "", w.confirm)
		names := w.names()
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE audited SET bal = bal + 1`)
			return err
		})
		found, err := audit.Books(t.Context(), d.Read())
		if err != nil || len(found) == 0 {
			t.Errorf("found %v (%v)", found, err)
		}
		w.tx(audit.Resum)
		finds(t, d.Read(), audit.Books, nil)
		finds(t, d.Read(), fresh(d.Dialect), nil)
		if after := w.names(); !slices.Equal(after, names) || len(names) == 0 {
			t.Errorf("%q became %q", names, after)
		}
	})
}
