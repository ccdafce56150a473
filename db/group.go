package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// SQLite has one writer, and a COMMIT waits for the disk. Callers that come while
// another one writes share one transaction with it, each inside a savepoint of its
// own, and one COMMIT. Each hears of its outcome after that COMMIT, never before.
// PostgreSQL does the same by itself, with one transaction for each.

const (
	shareMost = 32                    // callers to a COMMIT
	shareTime = 10 * time.Millisecond // after which nobody joins, so that the first do not wait for all
)

// group gives the callers of one database their turns.
type group struct {
	d       *DB
	time    time.Duration // after which nobody joins a round
	mu      sync.Mutex
	busy    bool          // somebody has the turn
	waiting []chan *round // who comes after, in the order they came
	commits atomic.Int64
}

// errUndone is of a caller whose work was right and was undone together with that
// of another, before any COMMIT. It is run again.
var errUndone = errors.New("db: the shared transaction was undone")

// do runs fn in a transaction that it may share, and returns when that is committed. Who
// fails waits for that, too: why may be what others wrote, and nobody acts on that before
// it is committed. If it never is, fn is run again.
func (g *group) do(ctx context.Context, fn func(*Tx) error) error {
	r, err := g.turn(ctx)
	if err == nil && r == nil {
		r, err = g.begin(ctx)
	}
	if err != nil {
		return err
	}
	t := &Tx{session: r.tx, Dialect: g.d.Dialect, d: g.d}
	shared, err := g.run(ctx, r, t, fn)
	if err != nil && !shared {
		return err
	}
	select {
	case <-r.over:
	case <-ctx.Done():
		if !r.isOver() {
			if err != nil { // for a reason that may never have been, and nothing of its own is written
				return ctx.Err()
			}
			return fmt.Errorf("%w: %w", ErrUnknown, ctx.Err())
		}
	}
	switch {
	case err == nil && r.err == nil:
		g.d.prepare(ctx, t.cold)
		return nil
	case err == nil:
		return r.err
	case r.err != nil:
		return errUndone
	}
	return err
}

// turn waits until nobody else writes. It returns the round to join, or nil for
// one who has to begin a round.
func (g *group) turn(ctx context.Context) (*round, error) {
	g.mu.Lock()
	if !g.busy {
		g.busy = true
		g.mu.Unlock()
		return nil, nil
	}
	mine := make(chan *round, 1)
	g.waiting = append(g.waiting, mine)
	g.mu.Unlock()
	select {
	case r := <-mine:
		return r, nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	i := slices.Index(g.waiting, mine)
	if i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
	}
	g.mu.Unlock()
	if i < 0 { // the turn came meanwhile
		g.pass(<-mine)
	}
	return nil, fmt.Errorf("db: begin: %w", ctx.Err())
}

// begin opens the transaction of a round. The caller's context ends the waiting for it,
// and nothing after that: others will share it.
func (g *group) begin(ctx context.Context) (*round, error) {
	conn, err := g.d.w.Connx(ctx)
	if err != nil {
		g.pass(nil)
		return nil, fmt.Errorf("db: connect: %w", err)
	}
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	tx, err := conn.BeginTxx(own, nil)
	if err == nil && !stop() {
		_ = tx.Rollback()
		err = ctx.Err()
	}
	if err != nil {
		cancel()
		_ = conn.Close()
		g.pass(nil)
		return nil, fmt.Errorf("db: begin: %w", err)
	}
	return &round{conn: conn, tx: tx, cancel: cancel, began: time.Now(), over: make(chan struct{})}, nil
}

// run runs fn in a round and passes the turn on, also when fn panics. What a caller
// whose fn fails has written is undone; what others wrote before it stays, if there is
// any: then shared is true.
func (g *group) run(ctx context.Context, r *round, t *Tx, fn func(*Tx) error) (shared bool, err error) {
	first, right := r.members == 0, false
	defer func() {
		t.over.Store(true)
		switch {
		case right:
			r.members++
			g.pass(r)
		case first || r.exec(`ROLLBACK TO member`, `RELEASE member`) != nil:
			r.undo()
			g.pass(nil)
			shared = false
		default:
			g.pass(r)
		}
	}()
	if !first {
		if err := r.exec(`SAVEPOINT member`); err != nil {
			return false, fmt.Errorf("%w: %w", errUndone, err)
		}
	}
	if err := fn(t); err != nil {
		return !first, err
	}
	if t.failed != nil || ctx.Err() != nil {
		return !first, errors.Join(ctx.Err(), t.failed)
	}
	if !first {
		if err := r.exec(`RELEASE member`); err != nil {
			return false, fmt.Errorf("%w: %w", errUndone, err)
		}
	}
	right = true
	return true, nil
}

// pass gives the turn to the next caller: with the round while that has room, and
// without one after its COMMIT.
func (g *group) pass(r *round) {
	if r != nil {
		if r.members < shareMost && time.Since(r.began) < g.time && g.next(r) {
			return
		}
		g.commits.Add(1)
		r.commit()
	}
	g.next(nil)
}

// next gives the turn to who waits for it the longest; false if nobody waits.
func (g *group) next(r *round) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		g.busy = r != nil
		return false
	}
	g.waiting[0] <- r
	g.waiting = slices.Delete(g.waiting, 0, 1)
	return true
}
