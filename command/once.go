package command

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
)

// patience is how long a write may take; the client going away does not
// undo half of it. A Desk may have less.
const patience = 30 * time.Second

// within bounds a write that goes on when the client has gone away.
func (d *Desk) within(ctx context.Context) (context.Context, context.CancelFunc) {
	wait := patience
	if d.Patience > 0 {
		wait = d.Patience
	}
	return context.WithTimeout(context.WithoutCancel(ctx), wait)
}

// once runs fn and spends the key of the request on its reply, in one transaction. A
// request whose key is spent gets the reply of the first time. If the answer to the
// COMMIT is lost, the key tells whether it happened.
//
// The key is written last, with the reply. Of two who have the same request at once, at
// any instances, the second waits for the first where fn locks who asks, or at the
// latest where the key is taken: then all that it wrote is undone. What fn finds wrong
// then may be what the first did just now, so before it is told the key is asked for.
//
// A key is the client's ID together with all that was asked: what says
// something else is another request, whatever its ID, because whoever repeats a
// stanza (a server, an archive, a resumed stream) repeats its words. An ID that
// is unique for ever is believed as long as keys are kept. One that a client
// counts up from 1 at each login is believed while an order would wait for its
// code: after that the old reply is of no use to anybody, and the same words
// are a new wish. Money is safe in either case, for it moves by a code, once.
func (d *Desk) once(ctx context.Context, r Request, now int64, fn func(tx *db.Tx) (Reply, error)) (Reply, error) {
	bound, cancel := d.within(ctx)
	defer cancel()
	key, since := d.key(r, now)
	reply, err := d.book(bound, r, key, since, now, fn)
	switch {
	case errors.Is(err, db.ErrUnknown):
		if reply, err = d.outcome(ctx, r, key, since, now); err != nil {
			return Reply{}, err
		}
	case r.ID != "" && err != nil && !fault.Is(err, fault.Internal):
		if first, known := d.outcome(ctx, r, key, since, now); !errors.Is(known, errNotDone) {
			reply, err = first, known
		}
	case r.ID != "" && bound.Err() != nil && fault.Is(err, fault.Internal):
		// This did nothing. The same stanza may be with another instance, which goes
		// on with it when the key is free.
		err = ErrOutcomeUnknown.Because(err)
	}
	if err == nil && d.Wake != nil {
		d.Wake()
	}
	return reply, err
}

// spend takes the key of a request and keeps the reply with it: false if the same one
// has it already. It waits for whoever is about to take or to give back the key.
func spend(ctx context.Context, tx *db.Tx, r Request, key, reply string, since, now int64) (bool, error) {
	fresh, err := tx.One(ctx, `
INSERT INTO request (jid, key, hash, reply, created) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (jid, key) DO UPDATE SET reply = excluded.reply, created = excluded.created
WHERE request.created < $6`, r.User, key, fingerprint(r), reply, now, since)
	if err != nil {
		return false, fmt.Errorf("command: key: %w", err)
	}
	return fresh, nil
}

// errSpent undoes what was done a second time.
var errSpent = errors.New("command: the key is spent")

// book runs fn and spends the key, or finds the reply of the first time.
func (d *Desk) book(ctx context.Context, r Request, key string, since, now int64, fn func(tx *db.Tx) (Reply, error)) (reply Reply, err error) {
	err = d.act(ctx, func(tx *db.Tx) error {
		reply = Reply{}
		if reply, err = fn(tx); err != nil {
			return err
		}
		text, err := json.Marshal(reply)
		if err != nil {
			return fmt.Errorf("command: reply: %w", err)
		}
		fresh, err := spend(ctx, tx, r, key, string(text), since, now)
		if err != nil || fresh {
			return err
		}
		if reply, err = met(ctx, tx, r.User, key, since); err != nil {
			return err
		}
		return errSpent
	})
	if errors.Is(err, errSpent) {
		err = nil
	}
	return reply, err
}

// again is the answer that this very request got before, if it did something
// then. What was true at that time may have changed since, so nothing is
// looked at a second time.
func (c *Call) again(ctx context.Context) (Reply, bool, error) {
	if c.ID == "" {
		return Reply{}, false, nil
	}
	key, since := c.key(c.Request, c.Now)
	reply, err := met(ctx, c.DB.Read(), c.User, key, since)
	if errors.Is(err, sql.ErrNoRows) {
		return Reply{}, false, nil
	}
	return reply, err == nil, err
}

// met returns the reply that a key was spent on since a time, in seconds.
func met(ctx context.Context, q sqlx.QueryerContext, user, key string, since int64) (Reply, error) {
	var text string
	err := sqlx.GetContext(ctx, q, &text, `SELECT reply FROM request WHERE jid = $1 AND key = $2 AND created >= $3`, user, key, since)
	if err != nil {
		return Reply{}, fmt.Errorf("command: key: %w", err)
	}
	var reply Reply
	if err := json.Unmarshal([]byte(text), &reply); err != nil {
		return Reply{}, fmt.Errorf("command: stored reply: %w", err)
	}
	return reply, nil
}

// errFree undoes the transaction in which outcome found a key unspent.
var errFree = errors.New("command: the key is free")

// outcome finds out whether a request was done: by a transaction whose answer is lost, or
// by another one that had the same request. The database may still be at work on it, and to
// look for its key would show nothing of that. So a fresh transaction takes the same key,
// which waits for the one before: it is spent then, or nothing was done and nothing will be.
func (d *Desk) outcome(ctx context.Context, r Request, key string, since, now int64) (Reply, error) {
	ctx, cancel := d.within(ctx)
	defer cancel()
	for {
		var reply Reply
		err := d.DB.Tx(ctx, func(tx *db.Tx) error {
			fresh, err := spend(ctx, tx, r, key, "", since, now)
			if err == nil && fresh {
				err = errFree
			}
			if err == nil {
				reply, err = met(ctx, tx, r.User, key, since)
			}
			return err
		})
		switch {
		case err == nil:
			return reply, nil
		case errors.Is(err, errFree):
			return Reply{}, errNotDone
		}
		select {
		case <-ctx.Done():
			return Reply{}, ErrOutcomeUnknown.Because(err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// key is what a request is known by, and since when, in seconds.
func (d *Desk) key(r Request, now int64) (key string, since int64) {
	if r.ID == "" { // no key of the client's: one of ours, to find the outcome of the commit
		return "-" + rand.Text(), 0
	}
	if r.Stream != "" {
		since = now - d.House.Limits.TTL
	}
	return r.ID + " " + fingerprint(r), since
}

// fit makes a client's key one that every database can keep: what is long, or
// holds what is no text, is known by its hash.
func fit(key string) string {
	if len(key) <= 256 && utf8.ValidString(key) && !strings.ContainsFunc(key, unicode.IsControl) {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "#" + hex.EncodeToString(sum[:])
}

// fingerprint is what must be equal for two requests to be the same.
func fingerprint(r Request) string {
	text, _ := json.Marshal([]any{r.Stream, r.At, r.Text, r.Name, r.Args, r.Edits, r.App}) // these always marshal
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Forget drops keys spent before a time, in seconds.
func Forget(ctx context.Context, tx *db.Tx, before int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM request WHERE created < $1`, before)
	return err
}
