package db_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/db"
)

// Callers that wait for the one writer share a COMMIT, and nobody hears before it.
func TestWritersShareACommit(t *testing.T) {
	d := lined(t)
	q := shared(t, d)
	for n := 2; n <= 5; n++ {
		q.call(t.Context(), func(tx *db.Tx) error { return line(t.Context(), tx, n) })
	}
	in, on := make(chan struct{}), make(chan struct{})
	q.call(t.Context(), func(tx *db.Tx) error {
		close(in)
		<-on
		return line(t.Context(), tx, 6)
	})
	go func() {
		<-in
		for i, got := range q.errs {
			if len(got) > 0 {
				t.Errorf("caller %d heard before the commit", i)
			}
		}
		want(t, d)
		close(on)
	}()
	if errs := q.end(); errors.Join(errs...) != nil {
		t.Error(errs)
	}
	want(t, d, 1, 2, 3, 4, 5, 6)
}

// What goes wrong for one of those who share a transaction goes wrong for that one.
func TestWhoSharesACommitFailsAlone(t *testing.T) {
	no := errors.New("no")
	for name, fails := range map[string]struct {
		do   func(t *testing.T, tx *db.Tx, gone context.CancelFunc) error
		want string
	}{
		"an error":                {func(*testing.T, *db.Tx, context.CancelFunc) error { return no }, "no"},
		"a panic":                 {func(*testing.T, *db.Tx, context.CancelFunc) error { panic("oh") }, "panic: oh"},
		"a row twice":             {func(t *testing.T, tx *db.Tx, _ context.CancelFunc) error { return line(t.Context(), tx, 1) }, "constraint failed: UNIQUE constraint failed: line.n (1555)"},
		"somebody who is gone":    {func(_ *testing.T, _ *db.Tx, gone context.CancelFunc) error { gone(); return nil }, "context canceled"},
		"an error that is hidden": {func(t *testing.T, tx *db.Tx, _ context.CancelFunc) error { _ = line(t.Context(), tx, 1); return nil }, "db: after a statement that failed: constraint failed: UNIQUE constraint failed: line.n (1555)"},
	} {
		t.Run(name, func(t *testing.T) {
			d := lined(t)
			q := shared(t, d)
			q.call(t.Context(), func(tx *db.Tx) error { return line(t.Context(), tx, 2) })
			ctx, gone := context.WithCancel(t.Context())
			defer gone()
			q.call(ctx, func(tx *db.Tx) error {
				if err := line(ctx, tx, 100); err != nil {
					return err
				}
				return fails.do(t, tx, gone)
			})
			q.call(t.Context(), func(tx *db.Tx) error { return line(t.Context(), tx, 3) })
			errs := q.end()
			if errs[2] == nil || errs[2].Error() != fails.want {
				t.Errorf("who failed heard %v", errs[2])
			}
			errs[2] = nil
			if errors.Join(errs...) != nil {
				t.Error(errs)
			}
			want(t, d, 1, 2, 3)
		})
	}
}

// An error may make SQLite undo the whole transaction. Those who share it are run again,
// and what the one at fault writes after it is not written outside of any.
func TestWhatIsUndoneForOneIsRunAgainForTheOthers(t *testing.T) {
	d := lined(t)
	q := shared(t, d)
	q.call(t.Context(), func(tx *db.Tx) error { return line(t.Context(), tx, 2) })
	q.call(t.Context(), func(tx *db.Tx) error {
		first := line(t.Context(), tx, 666)
		if err := line(t.Context(), tx, 100); err == nil {
			t.Error("went on after its transaction was undone")
		}
		var n int
		if err := tx.GetContext(t.Context(), &n, `SELECT 1`); err == nil {
			t.Error("read on after its transaction was undone")
		}
		return first
	})
	q.call(t.Context(), func(tx *db.Tx) error { return line(t.Context(), tx, 3) })
	errs := q.end()
	if errs[2] == nil {
		t.Error("who was at fault heard of nothing")
	}
	errs[2] = nil
	if errors.Join(errs...) != nil {
		t.Error(errs)
	}
	want(t, d, 1, 2, 3)
}

// A COMMIT that fails is unknown to all who share it: none of them may say that
// anything happened, or that nothing did.
func TestACommitThatFailsIsUnknownToAll(t *testing.T) {
	d := lined(t)
	q := shared(t, d)
	q.call(t.Context(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO late VALUES (7)`) // nobody, which is seen at the COMMIT
		return err
	})
	q.call(t.Context(), func(tx *db.Tx) error { return line(t.Context(), tx, 2) })
	for i, err := range q.end() {
		if !errors.Is(err, db.ErrUnknown) {
			t.Errorf("caller %d heard %v", i, err)
		}
	}
	want(t, d)
	if err := d.Tx(t.Context(), func(tx *db.Tx) error { return line(t.Context(), tx, 3) }); err != nil {
		t.Error("the next one: ", err)
	}
	want(t, d, 3)
}

// Who does not wait any longer leaves the queue, and the others come to their turns.
func TestWhoLeavesTheQueueHoldsNobodyUp(t *testing.T) {
	d := lined(t)
	q := shared(t, d)
	ctx, gone := context.WithCancel(t.Context())
	q.call(ctx, func(tx *db.Tx) error { return line(t.Context(), tx, 100) })
	q.call(t.Context(), func(tx *db.Tx) error { return line(t.Context(), tx, 2) })
	gone()
	if err := <-q.errs[1]; !errors.Is(err, context.Canceled) {
		t.Errorf("who left heard %v", err)
	}
	q.errs[1] <- nil
	if errs := q.end(); errors.Join(errs...) != nil {
		t.Error(errs)
	}
	want(t, d, 1, 2)
}

// However callers come, fail and leave, what is committed is what was acknowledged.
func TestWhatIsAcknowledgedIsCommitted(t *testing.T) {
	d := lined(t)
	d.ShareFor(2 * time.Millisecond)
	var said sync.Map
	var all sync.WaitGroup
	for c := range 16 {
		all.Go(func() {
			for i := range 40 {
				n := c*1000 + i + 1000
				ctx, gone := context.WithCancel(t.Context())
				err := d.Tx(ctx, func(tx *db.Tx) error {
					if err := line(ctx, tx, n); err != nil {
						return err
					}
					switch i % 8 {
					case 3:
						return line(ctx, tx, n)
					case 5:
						gone()
					case 7:
						return line(ctx, tx, 666)
					}
					return nil
				})
				gone()
				if err == nil {
					said.Store(n, true)
				}
			}
		})
	}
	all.Wait()
	got := lines(t, d)
	for _, n := range got {
		if _, ok := said.LoadAndDelete(n); !ok {
			t.Errorf("%d was committed and not acknowledged", n)
		}
	}
	said.Range(func(n, _ any) bool { t.Errorf("%d was acknowledged and is not there", n); return true })
	if len(got) != 16*40*5/8 {
		t.Errorf("%d lines", len(got))
	}
}

// Whoever leaves just when the turn comes passes it on.
func TestATurnIsNotLostWithWhoLeaves(t *testing.T) {
	d := lined(t)
	d.ShareFor(time.Millisecond)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 50 {
				ctx, gone := context.WithTimeout(t.Context(), rand.N(500*time.Microsecond))
				_ = d.Tx(ctx, func(*db.Tx) error { return nil })
				gone()
			}
		})
	}
	all.Wait()
	if err := d.Tx(t.Context(), func(tx *db.Tx) error { return line(t.Context(), tx, 1) }); err != nil {
		t.Error(err)
	}
}

// A statement whose caller is gone is not broken off: SQLite would undo what others
// wrote in that transaction.
func TestWhoIsGoneUndoesNothingOfOthers(t *testing.T) {
	d := lined(t)
	q := shared(t, d)
	runs := 0
	q.call(t.Context(), func(tx *db.Tx) error {
		runs++
		return line(t.Context(), tx, 2)
	})
	ctx, gone := context.WithCancel(t.Context())
	q.call(ctx, func(tx *db.Tx) error {
		time.AfterFunc(20*time.Millisecond, gone)
		_, err := tx.ExecContext(ctx, `WITH RECURSIVE many (n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM many WHERE n < 300000) INSERT INTO line SELECT n + 1000 FROM many`)
		return err
	})
	errs := q.end()
	if errs[0] != nil || errs[1] != nil || !errors.Is(errs[2], context.Canceled) {
		t.Error(errs)
	}
	if runs != 1 {
		t.Errorf("another was run %d times", runs)
	}
	want(t, d, 1, 2)
}
