package db

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// round is one transaction that several callers share.
type round struct {
	conn    *sqlx.Conn
	tx      *sqlx.Tx
	cancel  context.CancelFunc
	members int // whose work is in it
	began   time.Time
	over    chan struct{} // closed when err is known
	err     error         // of the COMMIT
}

// exec runs statements of the round itself.
func (r *round) exec(statements ...string) error {
	for _, s := range statements {
		if _, err := r.tx.ExecContext(context.Background(), s); err != nil {
			return err
		}
	}
	return nil
}

// commit ends the round for all of its members. If the answer is lost, each of them
// looks for its own key.
func (r *round) commit() {
	err := r.tx.Commit()
	switch {
	case err == nil:
		_ = r.conn.Close()
	default:
		end(r.conn) // SQLite may still be in the transaction
		if !lostRace(err) {
			err = fmt.Errorf("%w: %w", ErrUnknown, err)
		}
	}
	r.finish(err)
}

// undo ends the round before its COMMIT: nothing of it happened.
func (r *round) undo() {
	_ = r.tx.Rollback()
	_ = r.conn.Close()
	r.finish(errUndone)
}

// finish tells the members how their round ended.
func (r *round) finish(err error) {
	r.cancel()
	r.err = err
	close(r.over)
}

// isOver reports whether err is known.
func (r *round) isOver() bool {
	select {
	case <-r.over:
		return true
	default:
		return false
	}
}
