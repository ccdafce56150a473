package useraccount

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

// Finder is ByJID for many at once. While one query is under way, those who
// ask wait for it to end, and then one query answers them all: on a busy day
// the database works for a few large questions and not for many small ones.
// Whoever asks alone does not wait. Each gets a row of a query that began
// after they asked, and that nobody else has.
//
// The zero Finder is ready, for one database. A nil one asks for each alone.
type Finder struct {
	mu   sync.Mutex
	next *round // not begun: more may join
	last *round // the newest
}

// round is one query, and those it is for.
type round struct {
	jids  []string
	done  chan struct{} // closed when found and err are there
	found []User
	err   error
}

// most is how many one query answers.
const most = 32

// patience is how long a query that hangs holds up those who ask after it.
const patience = time.Second

var errUnasked = errors.New("nobody asked")

// ByJID finds whoever ever registered with a bare JID; a NotFound fault if
// nobody did.
func (f *Finder) ByJID(ctx context.Context, q sqlx.QueryerContext, jid string) (*User, error) {
	if f == nil {
		return ByJID(ctx, q, jid)
	}
	r, before, leads := f.join(jid)
	if leads {
		f.lead(ctx, q, r, before)
	}
	select {
	case <-r.done:
	case <-ctx.Done():
		return nil, fmt.Errorf("useraccount: %w", ctx.Err())
	}
	switch {
	case r.err == nil:
	case len(r.jids) == 1:
		return nil, fmt.Errorf("useraccount: %w", r.err)
	default: // it may be about another one's JID, or about who led and is gone
		return ByJID(ctx, q, jid)
	}
	i := slices.IndexFunc(r.found, func(u User) bool { return u.JID == jid })
	if i < 0 {
		return nil, ErrUnknown
	}
	u := r.found[i]
	return &u, nil
}

// join adds a JID to the round that is to come. Who opened it leads it, after
// the one before.
func (f *Finder) join(jid string) (r, before *round, leads bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r := f.next; r != nil && len(r.jids) < most {
		r.jids = append(r.jids, jid)
		return r, nil, false
	}
	r = &round{jids: []string{jid}, done: make(chan struct{}), err: errUnasked}
	before = f.last
	f.next, f.last = r, r
	return r, before, true
}

// lead asks for a round once the one before it is over, or takes too long to
// keep others waiting.
func (f *Finder) lead(ctx context.Context, q sqlx.QueryerContext, r, before *round) {
	defer close(r.done)
	if before != nil && !before.over() {
		select {
		case <-before.done:
		case <-time.After(patience):
		case <-ctx.Done():
		}
	}
	runtime.Gosched() // those who are about to ask may join
	f.mu.Lock()
	if f.next == r {
		f.next = nil
	}
	f.mu.Unlock()
	r.found, r.err = byJIDs(ctx, q, r.jids)
}

// over reports whether r is answered.
func (r *round) over() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// byJIDs finds those of the users who are there. It says some JIDs twice, so
// that there are few statements to keep prepared.
func byJIDs(ctx context.Context, q sqlx.QueryerContext, jids []string) (found []User, err error) {
	n := 1
	for n < len(jids) {
		n *= 2
	}
	args := make([]any, n)
	for i := range args {
		args[i] = jids[min(i, len(jids)-1)]
	}
	found = make([]User, 0, len(jids))
	err = sqlx.SelectContext(ctx, q, &found, byJIDsQuery[n], args...)
	return found, err
}

// byJIDsQuery is the query for 1, 2, 4, ... most JIDs.
var byJIDsQuery = func() map[int]string {
	all := map[int]string{}
	places := "$1"
	for n := 1; n <= most; n++ {
		all[n] = columns + `WHERE u.jid IN (` + places + `)`
		places += ", $" + strconv.Itoa(n+1)
	}
	return all
}()
