package useraccount_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/useraccount"
)

// gate is a database that a test holds up, and that counts.
type gate struct {
	sqlx.QueryerContext
	asked   atomic.Int64
	begun   chan struct{} // gets one for each query
	open    chan struct{} // a query goes on when it can read this
	failing atomic.Bool   // queries for several users fail
}

func (g *gate) QueryxContext(ctx context.Context, q string, args ...any) (*sqlx.Rows, error) {
	if err := g.pass(ctx, q); err != nil {
		return nil, err
	}
	return g.QueryerContext.QueryxContext(ctx, q, args...)
}

func (g *gate) QueryRowxContext(ctx context.Context, q string, args ...any) *sqlx.Row {
	_ = g.pass(ctx, q)
	return g.QueryerContext.QueryRowxContext(ctx, q, args...)
}

func (g *gate) pass(ctx context.Context, q string) error {
	g.asked.Add(1)
	g.begun <- struct{}{}
	select {
	case <-g.open:
	case <-ctx.Done():
		return ctx.Err()
	}
	if g.failing.Load() && strings.Contains(q, "$2") {
		return errors.New("one of them cannot be asked for")
	}
	return nil
}

func (c town) gate() *gate {
	return &gate{QueryerContext: c.Read(), begun: make(chan struct{}, 100), open: make(chan struct{}, 100)}
}

// answer is what somebody got who asked.
type answer struct {
	u   *useraccount.User
	err error
}

// asks lets somebody ask.
func asks(ctx context.Context, f *useraccount.Finder, q sqlx.QueryerContext, jid string) <-chan answer {
	got := make(chan answer, 1)
	go func() {
		u, err := f.ByJID(ctx, q, jid)
		got <- answer{u, err}
	}()
	return got
}

// joins is asks for the nth of those who wait for a query to end.
func joins(ctx context.Context, f *useraccount.Finder, q sqlx.QueryerContext, n int, jid string) <-chan answer {
	got := asks(ctx, f, q, jid)
	for f.Waiting() < n {
		runtime.Gosched()
	}
	return got
}

func TestEachFindsTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		for i := range 40 {
			c.register(fmt.Sprintf("user%d@localhost", i))
		}
		var f useraccount.Finder
		var g sync.WaitGroup
		for i := range 400 {
			g.Go(func() {
				jid := fmt.Sprintf("user%d@localhost", i%50)
				u, err := f.ByJID(t.Context(), c.Read(), jid)
				switch {
				case i%50 >= 40:
					if !fault.Is(err, fault.NotFound) {
						t.Errorf("%s: got %v, %v, want that there is nobody", jid, u, err)
					}
				case err != nil || u.JID != jid:
					t.Errorf("%s: got %v, %v", jid, u, err)
				}
			})
		}
		g.Wait()
	})
}

func TestOneQueryAnswersThoseWhoWaited(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, _ := c.register("ann@localhost")
		c.register("bob@localhost")
		var f useraccount.Finder
		g := c.gate()
		first := asks(t.Context(), &f, g, "ann@localhost")
		<-g.begun
		second := joins(t.Context(), &f, g, 1, "ann@localhost")
		third := joins(t.Context(), &f, g, 2, "ann@localhost")
		fourth := joins(t.Context(), &f, g, 3, "bob@localhost")
		fifth := joins(t.Context(), &f, g, 4, "nobody@localhost")
		c.do(func(tx *db.Tx) error { // after they asked, before they are answered
			chain, err := ledger.System(t.Context(), tx, "chain")
			if err != nil {
				return err
			}
			return ledger.Post(t.Context(), tx, ledger.Transfer{Ref: "import:1", Step: "open", Debit: chain, Credit: ann.Money, Amount: 7})
		})
		g.open <- struct{}{}
		<-first
		g.open <- struct{}{}
		a, b := <-second, <-third
		if a.err != nil || b.err != nil || a.u.Has.Balance != 7 || b.u.Has.Balance != 7 {
			t.Errorf("got %+v and %+v, want the balance after they asked", a, b)
		}
		if a.u == b.u {
			t.Error("two callers share a user, that each may change")
		}
		if d := <-fourth; d.err != nil || d.u.JID != "bob@localhost" {
			t.Errorf("got %+v, want bob", d)
		}
		if e := <-fifth; !fault.Is(e.err, fault.NotFound) {
			t.Errorf("got %+v, want that there is nobody", e)
		}
		if n := g.asked.Load(); n != 2 {
			t.Errorf("%d queries, want 2", n)
		}
	})
}

func TestAnAnswerIsNotOlderThanItsQuestion(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		c.register("ann@localhost")
		var f useraccount.Finder
		g := c.gate()
		first := asks(t.Context(), &f, g, "ann@localhost")
		<-g.begun // too late to join
		second := joins(t.Context(), &f, g, 1, "ann@localhost")
		g.open <- struct{}{}
		<-first
		<-g.begun
		g.open <- struct{}{}
		if got := <-second; got.err != nil || g.asked.Load() != 2 {
			t.Errorf("got %+v after %d queries, want a query of its own", got, g.asked.Load())
		}
	})
}

func TestWhoGoesAwayTakesNobodyAlong(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		c.register("ann@localhost")
		var f useraccount.Finder
		g := c.gate()
		first := asks(t.Context(), &f, g, "ann@localhost")
		<-g.begun
		leaves, leave := context.WithCancel(t.Context())
		second := joins(leaves, &f, g, 1, "ann@localhost") // it would ask for the third as well
		third := joins(t.Context(), &f, g, 2, "ann@localhost")
		leave()
		if got := <-second; !errors.Is(got.err, context.Canceled) {
			t.Errorf("got %+v, want an end", got)
		}
		for range 9 {
			g.open <- struct{}{}
		}
		for who, got := range map[string]answer{"first": <-first, "third": <-third} {
			if got.err != nil || got.u.JID != "ann@localhost" {
				t.Errorf("%s: got %+v", who, got)
			}
		}
	})
}

func TestAFailureIsOnlyOnesOwn(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		c.register("ann@localhost")
		var f useraccount.Finder
		g := c.gate()
		g.failing.Store(true)
		first := asks(t.Context(), &f, g, "ann@localhost")
		<-g.begun
		second := joins(t.Context(), &f, g, 1, "ann@localhost")
		third := joins(t.Context(), &f, g, 2, "bob\x00@localhost")
		for range 9 {
			g.open <- struct{}{}
		}
		for _, one := range []<-chan answer{first, second} {
			if got := <-one; got.err != nil || got.u.JID != "ann@localhost" {
				t.Errorf("got %+v", got)
			}
		}
		if got := <-third; got.err == nil {
			t.Errorf("got %+v, want an error", got)
		}
	})
}

func TestAQueryThatHangsKeepsNobodyWaiting(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		c.register("ann@localhost")
		var f useraccount.Finder
		stuck := c.gate()
		hangs, end := context.WithCancel(t.Context())
		first := asks(hangs, &f, stuck, "ann@localhost")
		<-stuck.begun
		if u, err := f.ByJID(t.Context(), c.Read(), "ann@localhost"); err != nil || u.JID != "ann@localhost" {
			t.Errorf("got %v, %v", u, err)
		}
		end()
		if got := <-first; !errors.Is(got.err, context.Canceled) {
			t.Errorf("got %+v", got)
		}
	})
}

func TestNoFinder(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		c.register("ann@localhost")
		var f *useraccount.Finder
		if u, err := f.ByJID(t.Context(), c.Read(), "ann@localhost"); err != nil || u.JID != "ann@localhost" {
			t.Errorf("got %v, %v", u, err)
		}
	})
}
