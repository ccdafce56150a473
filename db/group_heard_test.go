package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/db"
)

// Who fails because of what another one wrote in the same transaction hears of it when
// that is committed; of what never is nobody hears.
func TestWhoFailsHearsOfWhatIsCommitted(t *testing.T) {
	written := errors.New("line 1 is written")
	for name, commits := range map[string]bool{"is committed": true, "is never committed": false} {
		t.Run(name, func(t *testing.T) {
			d := lined(t)
			q := shared(t, d)
			if !commits {
				q.call(t.Context(), func(tx *db.Tx) error {
					_, err := tx.ExecContext(t.Context(), `INSERT INTO late VALUES (7)`) // nobody, which is seen at the COMMIT
					return err
				})
			}
			who := len(q.errs)
			q.call(t.Context(), func(tx *db.Tx) error { // as a second confirmation of one order
				var n int
				if err := tx.GetContext(t.Context(), &n, `SELECT COUNT(*) FROM line WHERE n = 1`); err != nil || n == 0 {
					return err
				}
				return written
			})
			in, on := make(chan struct{}), make(chan struct{})
			q.call(t.Context(), func(*db.Tx) error {
				close(in)
				<-on
				return nil
			})
			go func() {
				<-in
				if len(q.errs[who]) > 0 {
					t.Error("it heard before the commit")
				}
				close(on)
			}()
			errs := q.end()
			if got := errors.Is(errs[who], written); got != commits || !commits && errs[who] != nil {
				t.Errorf("it heard %v", errs[who])
			}
		})
	}
}

// A deadline ends the waiting for a COMMIT: what it will say is not known then.
func TestADeadlineEndsTheWaitingForTheCommit(t *testing.T) {
	d := lined(t)
	q := &queue{t: t, d: d, letGo: make(chan struct{})}
	ctx, gone := context.WithCancel(t.Context())
	in, slow := make(chan struct{}), make(chan struct{})
	q.call(ctx, func(tx *db.Tx) error {
		close(in)
		<-q.letGo
		return line(ctx, tx, 1)
	})
	<-in
	q.call(ctx, func(*db.Tx) error { return errors.New("no") })
	at := make(chan struct{})
	q.call(t.Context(), func(*db.Tx) error {
		close(at)
		<-slow
		return nil
	})
	close(q.letGo)
	<-at
	gone()
	for i, is := range []error{db.ErrUnknown, context.Canceled} {
		select {
		case err := <-q.errs[i]:
			if !errors.Is(err, is) {
				t.Errorf("caller %d heard %v", i, err)
			}
		case <-time.After(20 * time.Second):
			t.Errorf("caller %d heard nothing", i)
		}
	}
	close(slow)
	if err := <-q.errs[2]; err != nil {
		t.Error(err)
	}
	want(t, d, 1)
}

// Who keeps a Tx after its turn writes into nobody else's transaction.
func TestATxIsOverAfterItsTurn(t *testing.T) {
	for name, first := range map[string]error{"done": nil, "failed": errors.New("no")} {
		t.Run(name, func(t *testing.T) {
			d := lined(t)
			q := shared(t, d)
			var kept *db.Tx
			q.call(t.Context(), func(tx *db.Tx) error { kept = tx; return first })
			var late error
			q.call(t.Context(), func(tx *db.Tx) error {
				late = line(t.Context(), kept, 50)
				return nil
			})
			q.end()
			if late == nil {
				t.Error("it wrote on")
			}
			want(t, d, 1)
		})
	}
}

// An error that comes between rows ends the transaction like one that comes before them.
func TestAnErrorBetweenRowsEndsTheTransaction(t *testing.T) {
	d := lined(t)
	for n := 10; n < 14; n++ {
		write(t, d, `INSERT INTO line VALUES ($1)`, n)
	}
	var later error
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		var all []int64
		err := tx.SelectContext(t.Context(), &all, `SELECT CASE WHEN n = 12 THEN abs(-9223372036854775807 - 1) ELSE n END FROM line ORDER BY n`)
		if err == nil {
			t.Error("no error")
		}
		later = line(t.Context(), tx, 100)
		return nil
	})
	if err == nil || later == nil {
		t.Errorf("it went on: %v, %v", later, err)
	}
	want(t, d, 10, 11, 12, 13)
}
