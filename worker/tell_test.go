package worker_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/worker"
)

// ear is a door that keeps what it takes.
type ear struct {
	mu     sync.Mutex
	heard  map[string][]string // phrases by user
	shown  map[string][]string // of them those that show the balance
	before func(ctx context.Context, n outbox.Notice) error
}

func (e *ear) Tell(ctx context.Context, n outbox.Notice) error {
	if e.before != nil {
		if err := e.before(ctx, n); err != nil {
			return err
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.heard == nil {
		e.heard, e.shown = map[string][]string{}, map[string][]string{}
	}
	e.heard[n.User] = append(e.heard[n.User], n.Phrase)
	if n.Balance {
		e.shown[n.User] = append(e.shown[n.User], n.Phrase)
	}
	return nil
}

// hears checks what a user was told since the last look.
func (e *ear) hears(t *testing.T, user string, want ...string) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if got := e.heard[user]; !slices.Equal(got, want) {
		t.Errorf("%s hears %q, want %q", user, got, want)
	}
	delete(e.heard, user)
}

// notices writes some for a user: a0, a1 and so on for "a".
func (r *room) notices(user string, n int) {
	r.Helper()
	r.do(func(tx *db.Tx) error {
		for i := range n {
			if err := outbox.Add(r.Context(), tx, outbox.Notice{User: user, Phrase: fmt.Sprint(user, i), Balance: true}, epoch); err != nil {
				return err
			}
		}
		return nil
	})
}

// teller is the worker of an instance.
func (r *room) teller(instance int, e *ear) *worker.Tell {
	return &worker.Tell{DB: r.all[instance], Teller: e, Log: r.log()}
}

// tells takes a step and checks whether it goes on at once.
func (r *room) tells(w *worker.Tell, want bool) {
	r.Helper()
	more, err := w.Step(r.Context())
	r.must(err)
	if more != want {
		r.Errorf("is there more: %v, want %v", more, want)
	}
}

// untold counts the notices that wait.
func (r *room) untold() (n int) {
	r.Helper()
	r.must(sqlx.GetContext(r.Context(), r.Read(), &n, `SELECT COUNT(*) FROM notice WHERE told IS NULL`))
	return n
}

func told(t *testing.T, test func(r *room, e *ear, w *worker.Tell)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r, e := enter(t, d), &ear{}
		test(r, e, r.teller(0, e))
	})
}

func TestABatchIsToldInOneStep(t *testing.T) {
	told(t, func(r *room, e *ear, w *worker.Tell) {
		r.tells(w, false)
		r.notices("a", 3)
		r.notices("b", 1)
		r.notices("c", 2)
		r.tells(w, true)
		e.hears(r.T, "a", "a0", "a1", "a2")
		e.hears(r.T, "b", "b0")
		e.hears(r.T, "c", "c0", "c1")
		if n := r.untold(); n != 0 {
			r.Errorf("%d wait", n)
		}
		r.ahead.Add(1000)
		r.tells(w, false)
	})
}

// Whoever has more waiting than a batch has room for shares it with whoever else comes.
func TestABatchGoesRound(t *testing.T) {
	told(t, func(r *room, e *ear, w *worker.Tell) {
		w.Most = 4
		r.notices("b", 10)
		r.tells(w, true)
		e.hears(r.T, "b", "b0", "b1", "b2", "b3")
		r.notices("a", 1)
		r.notices("c", 3)
		r.notices("d", 1)
		r.notices("e", 1)
		r.tells(w, true)
		for user, want := range map[string][]string{"a": {"a0"}, "b": nil, "c": {"c0"}, "d": {"d0"}, "e": {"e0"}} {
			e.hears(r.T, user, want...)
		}
		r.tells(w, true)
		e.hears(r.T, "b", "b4", "b5")
		e.hears(r.T, "c", "c1", "c2")
	})
}

// What the door does not take is told again after a while, and what is behind it comes
// behind it. Nobody else waits.
func TestOneOfABatchIsRefused(t *testing.T) {
	told(t, func(r *room, e *ear, w *worker.Tell) {
		e.before = func(_ context.Context, n outbox.Notice) error {
			if n.Phrase == "b1" {
				return errors.New("too long")
			}
			return nil
		}
		for _, user := range []string{"a", "b", "c"} {
			r.notices(user, 3)
		}
		r.tells(w, true)
		e.hears(r.T, "a", "a0", "a1", "a2")
		e.hears(r.T, "b", "b0")
		e.hears(r.T, "c", "c0", "c1", "c2")
		r.tells(w, false)
		r.ahead.Add(1)
		if _, err := w.Step(r.Context()); err == nil || err.Error() != "too long" {
			r.Errorf("alone: got %v", err)
		}
		r.ahead.Add(1) // the second time it waits for 2 seconds
		r.tells(w, false)
		e.before = nil
		r.ahead.Add(1)
		r.tells(w, true)
		e.hears(r.T, "b", "b1", "b2")
	})
}

func TestADoorThatIsAwayTakesNothing(t *testing.T) {
	told(t, func(r *room, e *ear, w *worker.Tell) {
		e.before = func(context.Context, outbox.Notice) error { return outbox.ErrAway }
		r.notices("a", 3)
		r.notices("b", 3)
		if more, err := w.Step(r.Context()); more || !errors.Is(err, outbox.ErrAway) {
			r.Errorf("got %v %v", more, err)
		}
		e.before = nil
		r.ahead.Add(1)
		r.tells(w, true)
		e.hears(r.T, "a", "a0", "a1", "a2")
		e.hears(r.T, "b", "b0", "b1", "b2")
	})
}

func TestANoticeThatPanicsHoldsUpNoOther(t *testing.T) {
	told(t, func(r *room, e *ear, w *worker.Tell) {
		e.before = func(_ context.Context, n outbox.Notice) error {
			if n.Phrase == "b0" {
				panic("no such phrase")
			}
			return nil
		}
		r.notices("a", 1)
		r.notices("b", 2)
		r.tells(w, true)
		e.hears(r.T, "a", "a0")
		e.before = nil
		r.ahead.Add(1)
		r.tells(w, true)
		e.hears(r.T, "b", "b0", "b1")
	})
}

// The balance is shown once to a user who hears of many payments, by the last of them
// that shows it: if that is refused, it shows it when it is told.
func TestABatchShowsTheBalanceOnce(t *testing.T) {
	told(t, func(r *room, e *ear, w *worker.Tell) {
		e.before = func(_ context.Context, n outbox.Notice) error {
			if n.Phrase == "b2" {
				return errors.New("not now")
			}
			return nil
		}
		r.notices("a", 3)
		r.notices("b", 3)
		r.do(func(tx *db.Tx) error {
			return outbox.Add(r.Context(), tx, outbox.Notice{User: "a", Phrase: "a3"}, epoch)
		})
		r.tells(w, true)
		e.before = nil
		r.ahead.Add(1)
		r.tells(w, true)
		e.hears(r.T, "a", "a0", "a1", "a2", "a3")
		e.hears(r.T, "b", "b0", "b1", "b2")
		for user, want := range map[string][]string{"a": {"a2"}, "b": {"b2"}} {
			if got := e.shown[user]; !slices.Equal(got, want) {
				r.Errorf("the balance is shown to %s by %q, want %q", user, got, want)
			}
		}
	})
}
