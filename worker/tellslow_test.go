package worker_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/worker"
)

// The door takes long for one user: the others of the batch are told meanwhile, and
// stay told when the time is over. What it never took was not tried.
func TestOneForWhomItTakesLongHoldsUpNoOther(t *testing.T) {
	told(t, func(r *room, e *ear, w *worker.Tell) {
		ctx, over := context.WithCancel(r.Context())
		defer over()
		var others sync.WaitGroup
		others.Add(4)
		e.before = func(ctx context.Context, n outbox.Notice) error {
			if n.User != "b" {
				others.Done()
				return nil
			}
			others.Wait()
			over()
			<-ctx.Done()
			return ctx.Err()
		}
		for _, user := range []string{"a", "b", "c"} {
			r.notices(user, 2)
		}
		if more, err := w.Step(ctx); !more || err != nil {
			r.Errorf("got %v %v", more, err)
		}
		e.hears(r.T, "a", "a0", "a1")
		e.hears(r.T, "b")
		e.hears(r.T, "c", "c0", "c1")
		if n := r.untold(); n != 2 {
			r.Errorf("%d wait, want 2", n)
		}
		r.tried("b0", 1)
		r.tried("b1", 0)
		e.before = nil
		r.ahead.Add(1)
		r.tells(w, true)
		e.hears(r.T, "b", "b0", "b1")
	})
}

// tried checks how often a notice was tried.
func (r *room) tried(phrase string, want int) {
	r.Helper()
	var tries int
	r.do(func(tx *db.Tx) error {
		return tx.GetContext(r.Context(), &tries, `SELECT tries FROM notice WHERE phrase = $1`, phrase)
	})
	if tries != want {
		r.Errorf("%s was tried %d times, want %d", phrase, tries, want)
	}
}

// The door has its time and no more: others may tell the rest, and do not wait for a lease.
func TestTheDoorHasItsTime(t *testing.T) {
	told(t, func(r *room, e *ear, w *worker.Tell) {
		w.Time = time.Millisecond
		e.before = func(ctx context.Context, _ outbox.Notice) error { <-ctx.Done(); return ctx.Err() }
		r.notices("a", 2)
		_, _ = w.Step(r.Context()) // it ends
		e.before, w.Time = nil, 0
		r.ahead.Add(1)
		r.tells(w, true)
		e.hears(r.T, "a", "a0", "a1")
	})
}

// A gateway that hangs at the door keeps others off what it has in hand until its lease
// ends, and off nothing else. When it goes on, it takes nothing back that others told or tell.
func TestWhoHangsAtTheDoorKeepsOthersOffForItsLease(t *testing.T) {
	for _, dialect := range []db.Dialect{db.Postgres, db.SQLite} {
		t.Run(dialect.String(), func(t *testing.T) {
			r := enter(t, dbtest.Several(t, dialect, 2)...)
			there, wake := make(chan bool), make(chan bool)
			hung, e := &ear{before: func(context.Context, outbox.Notice) error {
				close(there)
				<-wake
				return errors.New("it was too late")
			}}, &ear{}
			r.notices("a", 3)
			ended := make(chan error)
			go func() {
				_, err := r.teller(0, hung).Step(t.Context())
				ended <- err
			}()
			<-there
			other := r.teller(1, e)
			r.notices("a", 1)
			r.notices("b", 1)
			r.tells(other, true)
			e.hears(t, "a")
			e.hears(t, "b", "b0")
			r.ahead.Add(29)
			r.tells(other, false)
			r.ahead.Add(1)
			e.before = func(_ context.Context, n outbox.Notice) error {
				if n.Phrase == "a2" {
					close(wake)
					if err := <-ended; err == nil {
						t.Error("it has told something")
					}
					r.ahead.Add(10)
					r.tells(r.teller(0, &ear{}), false)
				}
				return nil
			}
			r.tells(other, true)
			e.hears(t, "a", "a0", "a1", "a2", "a0")
			r.tells(other, false)
			hung.hears(t, "a")
		})
	}
}

// Two gateways tell side by side: each notice once, and in its order.
func TestTwoGatewaysTell(t *testing.T) {
	for _, dialect := range []db.Dialect{db.Postgres, db.SQLite} {
		t.Run(dialect.String(), func(t *testing.T) {
			r, e := enter(t, dbtest.Several(t, dialect, 2)...), &ear{}
			const users, each = 5, 40
			for i := range users {
				r.notices(fmt.Sprint("user", i, "-"), each)
			}
			var done sync.WaitGroup
			for i := range r.all {
				w := r.teller(i, e)
				w.Most = 8
				done.Go(func() {
					for left := 1; left > 0 && !t.Failed(); {
						_, err := w.Step(t.Context())
						if err == nil {
							err = sqlx.GetContext(t.Context(), r.Read(), &left, `SELECT COUNT(*) FROM notice WHERE told IS NULL`)
						}
						if err != nil {
							t.Error(err)
						}
					}
				})
			}
			done.Wait()
			for i := range users {
				user := fmt.Sprint("user", i, "-")
				var want []string
				for n := range each {
					want = append(want, fmt.Sprint(user, n))
				}
				e.hears(t, user, want...)
			}
		})
	}
}

// A gateway that is stopped writes down what was told, and gives back the rest: who
// starts next tells it at once.
func TestTellingIsStopped(t *testing.T) {
	told(t, func(r *room, e *ear, w *worker.Tell) {
		ctx, stop := context.WithCancel(r.Context())
		e.before = func(_ context.Context, n outbox.Notice) error {
			if n.Phrase == "a1" {
				stop()
			}
			return nil
		}
		r.notices("a", 4)
		if _, err := w.Step(ctx); err != nil {
			r.Error(err)
		}
		e.hears(r.T, "a", "a0", "a1")
		r.tells(w, true)
		e.hears(r.T, "a", "a2", "a3")
		r.tried("a3", 1)
	})
}
