package db

import (
	"sync"
	"sync/atomic"

	"github.com/jmoiron/sqlx"
)

// most is how many statements are kept prepared. The program has a fixed number
// of them, and far fewer, but a list of values makes one for each length, and
// every one costs memory on each connection and on the server. What does not
// fit runs unprepared. Nothing is dropped for it: somebody may be using it.
const most = 512

// statements are prepared ones by their query, nil for what cannot be prepared.
type statements struct {
	all sync.Map // query -> *sqlx.Stmt
	n   atomic.Int64
}

// find is the statement of a query, and whether it was met before.
func (s *statements) find(query string) (*sqlx.Stmt, bool) {
	v, met := s.all.Load(query)
	if !met {
		return nil, false
	}
	return v.(*sqlx.Stmt), true
}

// forget drops a statement that does not fit the schema any more. It is not
// closed: somebody may be using it. So it costs its memory until the connections
// end, once for each change of the schema beside a gateway that serves.
func (s *statements) forget(query string, made *sqlx.Stmt) {
	if s.all.CompareAndDelete(query, made) {
		s.n.Add(-1)
	}
}

// full reports that no more are kept.
func (s *statements) full() bool { return s.n.Load() >= most }

// keep keeps a statement, or closes it if there is one already or no room. It
// returns the one that is kept, nil for none.
func (s *statements) keep(query string, made *sqlx.Stmt) *sqlx.Stmt {
	if s.n.Add(1) <= most {
		old, loaded := s.all.LoadOrStore(query, made)
		if !loaded {
			return made
		}
		s.n.Add(-1)
		if made != nil {
			_ = made.Close()
		}
		return old.(*sqlx.Stmt)
	}
	s.n.Add(-1)
	if made != nil {
		_ = made.Close()
	}
	return nil
}
