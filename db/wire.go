package db

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
)

// A journey to PostgreSQL costs both sides more than most statements do. So what does not
// depend on an answer goes in one: BEGIN with the first statement, what is to be done
// Later with the next one. Each statement sees what was committed before it, as if it
// had been sent alone.

// wire is the connection of a transaction to PostgreSQL.
type wire struct {
	conn   *sqlx.Conn
	ctx    context.Context // of the transaction: it ends each of its statements, too
	begun  bool
	queued []Statement // for the next journey
	late   error       // of one that was queued, or of BEGIN: why all is undone
	failed error       // of one that others were sent behind: nothing more is sent
}

// undoTime is how long a ROLLBACK may take; then the connection is given up.
const undoTime = 5 * time.Second

// onWire is once on PostgreSQL.
func (d *DB) onWire(ctx context.Context, fn func(*Tx) error) error {
	conn, err := d.w.Connx(ctx)
	if err != nil {
		return fmt.Errorf("db: connect: %w", err)
	}
	defer conn.Close()
	own, release := context.WithCancel(ctx)
	defer release()
	w := &wire{conn: conn, ctx: own}
	t := &Tx{session: conn, Dialect: d.Dialect, d: d, wire: w}
	committing := false
	defer func() {
		if !committing { // also on panic
			w.undo(ctx)
		}
	}()
	err = fn(t)
	if err == nil && len(w.queued) > 0 {
		err = t.send(ctx)
	}
	if err = cmp.Or(w.late, err, w.failed); err == nil {
		err = ctx.Err()
	}
	switch {
	case err != nil && t.stale:
		return fmt.Errorf("%w: %w", errStale, err)
	case err != nil || !w.begun:
		return err
	}
	committing = true
	if err := w.commit(ctx); err != nil {
		end(conn)
		if lostRace(err) || errors.Is(err, errRolledBack) {
			return err
		}
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return nil
}

// send makes one journey: BEGIN, if there was none, what is queued, and what is asked now.
func (t *Tx) send(ctx context.Context, all ...Statement) error {
	w := t.wire
	if w.failed != nil {
		return w.failed
	}
	queued := len(w.queued)
	all = append(w.queued, all...)
	w.queued = nil
	t.d.watched(all...)
	ctx, release := w.within(ctx)
	defer release()
	at := -1
	err := w.raw(func(c *pgx.Conn) (err error) {
		at, err = w.journey(ctx, c, all)
		return err
	})
	if err == nil {
		return nil
	}
	for _, s := range all {
		_ = t.fits(s.Query, err)
	}
	if at < len(all)-1 {
		w.failed = err
	}
	if at < queued {
		w.late, w.failed = err, err
	}
	return err
}

// journey returns which statement the error is of; -1 for none of them.
func (w *wire) journey(ctx context.Context, c *pgx.Conn, all []Statement) (at int, err error) {
	b := &pgx.Batch{QueuedQueries: make([]*pgx.QueuedQuery, 0, len(all)+1)}
	if !w.begun {
		b.Queue(`BEGIN`)
	}
	for _, s := range all {
		b.Queue(s.Query, s.Args...)
	}
	r := c.SendBatch(ctx, b)
	at = -1
	if !w.begun {
		_, err = r.Exec()
		w.begun = err == nil
	}
	for i := 0; err == nil && i < len(all); i++ {
		at = i
		var n int64
		n, err = all[i].answer(r)
		err = all[i].judge(n, err)
	}
	return at, cmp.Or(err, r.Close())
}

// answer reads what came back for a statement, and how many rows it changed.
func (s Statement) answer(r pgx.BatchResults) (int64, error) {
	if s.Into == nil {
		tag, err := r.Exec()
		return tag.RowsAffected(), err
	}
	rows, err := r.Query()
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	return 0, scan(rows, s.Into)
}

// plain runs statements that take no arguments, and are not kept prepared.
func (t *Tx) plain(ctx context.Context, query string) (n int64, err error) {
	if err := t.flush(ctx); err != nil {
		return 0, err
	}
	t.d.watched(Statement{Query: query})
	ctx, release := t.wire.within(ctx)
	defer release()
	err = t.wire.raw(func(c *pgx.Conn) error {
		tag, err := c.Exec(ctx, query)
		n = tag.RowsAffected()
		return err
	})
	return n, err
}

// within is a context that ends with the transaction's, too, and until it is released.
func (w *wire) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Done() == nil {
		return w.ctx, func() {}
	}
	both, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(w.ctx, cancel)
	return both, func() {
		stop()
		cancel()
	}
}

// flush sends what waits, and BEGIN.
func (t *Tx) flush(ctx context.Context) error {
	if t.wire.begun && len(t.wire.queued) == 0 {
		return t.wire.failed
	}
	return t.send(ctx)
}

// raw hands out the driver's connection.
func (w *wire) raw(fn func(c *pgx.Conn) error) error {
	return w.conn.Raw(func(c any) error {
		conn := c.(*stdlib.Conn).Conn()
		if conn.IsClosed() {
			return driver.ErrBadConn
		}
		return fn(conn)
	})
}

// errRolledBack is of a transaction that the server had given up.
var errRolledBack = errors.New("db: the transaction had failed, and was undone")

// commit waits for the answer, whoever is gone: without it nobody knows.
func (w *wire) commit(ctx context.Context) error {
	return w.raw(func(c *pgx.Conn) error {
		committing := c.PgConn().CustomData()[flag].(*atomic.Bool)
		committing.Store(true)
		tag, err := c.Exec(context.WithoutCancel(ctx), `COMMIT`)
		if err == nil { // or the connection ends, and while that is under way nothing is broken off
			committing.Store(false)
		}
		if err == nil && tag.String() != "COMMIT" {
			err = errRolledBack
		}
		return err
	})
}

// undo ends the transaction, if there is one. A connection that can not is not used again.
func (w *wire) undo(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	err := w.raw(func(c *pgx.Conn) error {
		if c.PgConn().TxStatus() == 'I' {
			return nil
		}
		_, err := c.Exec(ctx, `ROLLBACK`)
		return err
	})
	if err != nil && !errors.Is(err, sql.ErrConnDone) {
		end(w.conn)
	}
}
