package wallet

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Do runs fn and spends the caller's key on its result, in one transaction: the same
// request has one effect and one answer. A request whose key is spent gets the result of
// the first time, or that as an Earlier if it is of another type. If the answer to the
// COMMIT is lost, the key tells whether it happened. Of a session that is over nothing
// is done. The result survives JSON.
//
// The key is written last, with the result. Of two who have the same request at once, at
// any instances, the second waits for the first where fn locks who asks, or at the
// latest where the key is taken: then all that it wrote is undone. What fn finds wrong
// then may be what the first did just now, so before it is told the key is asked for.
func Do[T any](ctx context.Context, s *Service, by Caller, fn func(tx *db.Tx) (T, error)) (T, error) {
	bound, cancel := s.within(ctx)
	defer cancel()
	k := s.spent(by)
	v, before, err := book(bound, s, by, k, fn)
	switch {
	case errors.Is(err, db.ErrUnknown):
		before, err = s.outcome(ctx, k)
	case by.Key.ID != "" && err != nil && !fault.Is(err, fault.Internal):
		if e, known := s.outcome(ctx, k); !errors.Is(known, ErrNotDone) {
			before, err = e, known
		}
	case by.Key.ID != "" && bound.Err() != nil && fault.Is(err, fault.Internal):
		// This did nothing. The same request may be with another instance, which goes
		// on with it when the key is free.
		err = ErrOutcomeUnknown.Because(err)
	}
	if err == nil && before != nil {
		v, err = Read[T](before)
	}
	if err != nil {
		var none T
		return none, err
	}
	s.committed()
	return v, nil
}

// asMember is Do for what is decided about the caller, who is locked before, as they are
// then. Who has left meanwhile is told so.
func asMember[T any](ctx context.Context, s *Service, by Caller, fn func(tx *db.Tx, u *useraccount.User) (T, error)) (T, error) {
	return Do(ctx, s, by, func(tx *db.Tx) (none T, err error) {
		u, err := by.Locked(ctx, tx)
		if err != nil {
			return none, err
		}
		return fn(tx, u)
	})
}

// errSpent undoes what was done a second time.
var errSpent = errors.New("wallet: the key is spent")

// book runs fn and spends the key, or finds what it was spent on the first time.
func book[T any](ctx context.Context, s *Service, by Caller, k spent, fn func(tx *db.Tx) (T, error)) (v T, before *Earlier, err error) {
	err = s.act(ctx, func(tx *db.Tx) (err error) {
		before = nil
		if v, err = fn(tx); err != nil {
			return err
		}
		if err := by.stillIn(ctx, tx); err != nil {
			return err
		}
		text, err := stored(v)
		if err != nil {
			return err
		}
		fresh, err := k.spend(ctx, tx, text)
		if err != nil || fresh {
			return err
		}
		if before, err = k.met(ctx, tx); err != nil {
			return err
		}
		return errSpent
	})
	if errors.Is(err, errSpent) {
		err = nil
	}
	return v, before, err
}

// errFree undoes the transaction in which outcome found a key unspent.
var errFree = errors.New("wallet: the key is free")

// outcome finds out whether a request was done: by a transaction whose answer is lost, or
// by another one that had the same request. The database may still be at work on it, and to
// look for its key would show nothing of that. So a fresh transaction takes the same key,
// which waits for the one before: it is spent then, or nothing was done and nothing will be.
func (s *Service) outcome(ctx context.Context, k spent) (before *Earlier, err error) {
	ctx, cancel := s.within(ctx)
	defer cancel()
	for {
		err := s.DB.Tx(ctx, func(tx *db.Tx) error {
			fresh, err := k.spend(ctx, tx, "")
			if err == nil && fresh {
				err = errFree
			}
			if err == nil {
				before, err = k.met(ctx, tx)
			}
			return err
		})
		switch {
		case err == nil:
			return before, nil
		case errors.Is(err, errFree):
			return nil, ErrNotDone
		}
		select {
		case <-ctx.Done():
			return nil, ErrOutcomeUnknown.Because(err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// Earlier is the answer that this very request got before; nil if it did nothing yet.
// What was true at that time may have changed since, so nothing is looked at a second time.
func (s *Service) Earlier(ctx context.Context, by Caller) (*Earlier, error) {
	if by.Key.ID == "" {
		return nil, nil
	}
	e, err := s.spent(by).met(ctx, s.DB.Read())
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return e, err
}

// earlier is Earlier for what asks a node before its transaction.
func earlier[T any](ctx context.Context, s *Service, by Caller) (v T, found bool, err error) {
	if by.Key.Looked {
		return v, false, nil
	}
	e, err := s.Earlier(ctx, by)
	if e == nil || err != nil {
		return v, false, err
	}
	v, err = Read[T](e)
	return v, true, err
}

// spend takes a key and keeps the result with it: false if the same request has it
// already. It waits for whoever is about to take or to give back the key.
func (k spent) spend(ctx context.Context, tx *db.Tx, result string) (bool, error) {
	fresh, err := tx.One(ctx, `
INSERT INTO request (jid, key, hash, reply, created) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (jid, key) DO UPDATE SET reply = excluded.reply, created = excluded.created
WHERE request.created < $6`, k.jid, k.key, k.asked, result, k.now, k.since)
	if err != nil {
		return false, fmt.Errorf("wallet: key: %w", err)
	}
	return fresh, nil
}

// met is what a key was spent on; sql.ErrNoRows if it was not.
func (k spent) met(ctx context.Context, q sqlx.QueryerContext) (*Earlier, error) {
	var text string
	err := sqlx.GetContext(ctx, q, &text, `SELECT reply FROM request WHERE jid = $1 AND key = $2 AND created >= $3`, k.jid, k.key, k.since)
	if err != nil {
		return nil, fmt.Errorf("wallet: key: %w", err)
	}
	var e Earlier
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return nil, fmt.Errorf("wallet: stored result: %w", err)
	}
	return &e, nil
}

// Forget drops keys spent before a time, in seconds.
func Forget(ctx context.Context, tx *db.Tx, before int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM request WHERE created < $1`, before)
	return err
}
